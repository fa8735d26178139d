"""Comparisons with a value in an event's data, as SQL over the event alias `e`.

    {"op": "contains", "value": "/prices"}    {"op": "between", "value": [10, 20]}

A negation means events without the value, too. What people write is checked where it is read.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

NEGATIVE: Mapping[str, str] = {
    "is_not": "is",
    "not_in": "in",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_matches": "matches",
    "ne": "eq",
    "is_empty": "is_not_empty",
}
SIGNS: Mapping[str, str] = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
# Where the text stands, `%` being anything.
PLACES: Mapping[str, str] = {
    "contains": "%{}%",
    "starts_with": "{}%",
    "ends_with": "%{}",
}
# What a client wrote in a text counts as a number, too; what is none has no value.
NUMBER = (
    "(CASE WHEN length(e.data ->> %s) <= 40 AND (e.data ->> %s) ~ '^-?[0-9]+([.][0-9]+)?$'"
    " THEN (e.data ->> %s)::numeric END)"
)
TEXT = "(e.data ->> %s)"
Written = tuple[str, list[Any]]


def compared(key: str, comparison: Mapping[str, Any]) -> Written:
    """Return SQL of a checked comparison with what stands under a key, and its parameters."""
    op = str(comparison["op"])
    sql, values = _positive(key, NEGATIVE.get(op, op), comparison.get("value"))
    return (f"({sql}) IS NOT TRUE" if op in NEGATIVE else sql), values


def number(key: str) -> Written:
    """Return SQL of the number that stands under a key."""
    return NUMBER, [key, key, key]


def any_text(key: str, wanted: Any) -> Written:
    """Return SQL that is true where the text equals one of some values, minding case."""
    items = wanted if isinstance(wanted, list) else [wanted]
    texts = [_text(item) for item in items if item is not None]
    return "e.data ->> %s = ANY(%s::text[])", [key, texts]


def any_pattern(key: str, wanted: Any) -> Written:
    """Return the same where `*` in a value stands for anything."""
    items = wanted if isinstance(wanted, list) else [wanted]
    texts = [_text(item) for item in items if item is not None]
    if not any("*" in text for text in texts):
        return any_text(key, wanted)
    patterns = [escaped(text).replace("*", "%") for text in texts]
    return "e.data ->> %s LIKE ANY(%s::text[])", [key, patterns]


def listed(key: str, wanted: Any) -> Written:
    """Return SQL that is true where the list under a key holds one of some values, or none."""
    op = str(wanted["op"]) if isinstance(wanted, Mapping) else "in"
    value = wanted.get("value") if isinstance(wanted, Mapping) else wanted
    items = value if isinstance(value, list) else [value]
    sql = f"jsonb_exists_any(e.data -> %s, %s::text[]){' IS NOT TRUE' if op in NEGATIVE else ''}"
    return sql, [key, [_text(item) for item in items if item is not None]]


def any_number(key: str, wanted: Any) -> Written:
    """Return SQL that is true where the number equals one of some values."""
    sql, values = number(key)
    items = wanted if isinstance(wanted, list) else [wanted]
    return f"{sql} = ANY(%s::numeric[])", [*values, [exact(item) for item in items]]


def exact(value: Any) -> Decimal:
    """Return a number as it was written."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def escaped(text: str) -> str:
    """Write a text so that LIKE takes each character as itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _positive(key: str, op: str, value: Any) -> Written:
    if op == "is_not_empty":
        return f"{TEXT} <> ''", [key]
    if op == "between":
        sql, values = number(key)
        return f"{sql} BETWEEN %s AND %s", [*values, *map(exact, value)]
    if op in SIGNS:
        sql, values = number(key)
        return f"{sql} {SIGNS[op]} %s", [*values, exact(value)]
    if op == "matches":
        return f"{TEXT} ~ %s::text", [key, value]
    if op in PLACES:
        return f"lower{TEXT} LIKE lower(%s::text)", [key, PLACES[op].format(escaped(value))]
    texts = [_text(item) for item in (value if op == "in" else [value])]
    among = "ANY(ARRAY(SELECT lower(v) FROM unnest(%s::text[]) v))"
    return f"lower{TEXT} = {among}", [key, texts]


def _text(value: Any) -> str:
    """Write a value as `->>` does, which knows true and false in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)
