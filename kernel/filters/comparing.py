"""Comparisons with what events hold, as people write them: checked, said, offered to builders."""

from collections.abc import Mapping
from typing import Any

from django.db import DataError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.events import CustomEvent, EventType
from kernel.filters.offers import MANY, NONE, ONE, REGEX, TEXT, TWO, Operator, operator
from kernel.filters.operands import a_list, a_number, a_text
from kernel.filters.problems import refuse
from kernel.filters.wording import said_list

LONGEST_REGEX = 200
# They may take exponential time, so they run where there is a time limit only.
PATTERNS = frozenset({"matches", "not_matches"})
PRESENCE = ("is_empty", "is_not_empty")
# What compares with whole values, which may have names.
WHOLE = frozenset({"is", "is_not", "in", "not_in"})
NOTHING: Mapping[str, str] = {}
TEXTS: Mapping[str, Any] = {
    "is": _lazy("%(field)s is %(value)s"),
    "is_not": _lazy("%(field)s is not %(value)s"),
    "in": _lazy("%(field)s is one of %(value)s"),
    "not_in": _lazy("%(field)s is none of %(value)s"),
    "contains": _lazy("%(field)s contains %(value)s"),
    "not_contains": _lazy("%(field)s does not contain %(value)s"),
    "starts_with": _lazy("%(field)s starts with %(value)s"),
    "not_starts_with": _lazy("%(field)s does not start with %(value)s"),
    "ends_with": _lazy("%(field)s ends with %(value)s"),
    "not_ends_with": _lazy("%(field)s does not end with %(value)s"),
    "matches": _lazy("%(field)s matches the regular expression %(value)s"),
    "not_matches": _lazy("%(field)s does not match the regular expression %(value)s"),
    "is_empty": _lazy("%(field)s is empty"),
    "is_not_empty": _lazy("%(field)s is not empty"),
}
NUMBERS: Mapping[str, Any] = {
    "eq": _lazy("%(field)s is %(value)s"),
    "ne": _lazy("%(field)s is not %(value)s"),
    "gt": _lazy("%(field)s is more than %(value)s"),
    "gte": _lazy("%(field)s is at least %(value)s"),
    "lt": _lazy("%(field)s is less than %(value)s"),
    "lte": _lazy("%(field)s is at most %(value)s"),
    "between": _lazy("%(field)s is between %(value)s"),
    "is_empty": _lazy("%(field)s is empty"),
    "is_not_empty": _lazy("%(field)s is not empty"),
}
FORMS = {
    **dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte"), ONE),
    # Several values are written as a plain list, which is the shape of *is* without an operator.
    **dict.fromkeys(("is", "not_in"), MANY),
    **dict.fromkeys(PATTERNS, REGEX),
    **dict.fromkeys(PRESENCE, NONE),
    "between": TWO,
}


def known(kind: type[EventType], name: str) -> dict[str, Any]:
    """Return the operators there are for a key of `where`, each with its phrase."""
    if issubclass(kind, CustomEvent):
        return {**TEXTS, **NUMBERS}
    if name in kind.lists:
        return {op: phrase for op, phrase in TEXTS.items() if op in WHOLE}
    found: dict[str, Any] = dict(TEXTS) if name in kind.conditions else {}
    return {**found, **NUMBERS} if name in kind.numbers else found


def check(kind: type[EventType], name: str, wanted: Mapping[str, Any], *, timed: bool) -> None:
    """Refuse a comparison that cannot be taken; places are relative to it.

    `timed` says that it runs under a time limit, so that it may be a regular expression.
    """
    operators = known(kind, name)
    if not operators or "op" not in wanted or not set(wanted) <= {"op", "value"}:
        raise refuse("", "invalid", _("A value, or an object with op and value, is expected."))
    op = wanted["op"]
    if not isinstance(op, str) or op not in operators:
        message = _("One of these is expected: %(operators)s.")
        raise refuse("op", "invalid_operator", message % {"operators": ", ".join(operators)})
    if op in PATTERNS and not timed:
        message = _("Regular expressions are possible in filters only.")
        raise refuse("op", "invalid_operator", message)
    value = wanted.get("value")
    if op not in PRESENCE:
        check_value(op, value)
    elif value is not None:
        raise refuse("value", "invalid", _("This operator takes no value."))


def check_value(op: str, value: Any) -> None:
    """Refuse a value that the operator cannot compare with."""
    if value is None:
        raise refuse("value", "required", _("A value is needed here."))
    if op in PATTERNS:
        a_pattern(value, "value")
    elif op == "between":
        two_numbers(value, "value")
    elif op in NUMBERS:
        a_number(value, "value")
    elif op in {"in", "not_in"}:
        for place, item in enumerate(a_list(value, "value")):
            a_text(item, f"value.{place}")
    else:
        a_text(value, "value")


def two_numbers(value: Any, place: str) -> list[Any]:
    """Take two numbers, the first not above the second."""
    ends = a_list(value, place)
    if len(ends) != 2:
        raise refuse(place, "invalid", _("A list of two values is expected."))
    low, high = a_number(ends[0], f"{place}.0"), a_number(ends[1], f"{place}.1")
    if low > high:
        raise refuse(place, "invalid", _("The first value must not exceed the second."))
    return [low, high]


def a_pattern(value: Any, place: str) -> str:
    """Take a regular expression that the server understands."""
    text = a_text(value, place, longest=LONGEST_REGEX)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT '' ~ %s", [text])
    except DataError as error:
        message = _("PostgreSQL does not understand this regular expression.")
        raise refuse(place, "invalid_regex", message) from error
    return text


def is_risky(where: Mapping[str, Any] | None) -> bool:
    """Say whether any of some conditions may take long for a single contact."""
    asked = (where or {}).values()
    return any(isinstance(one, Mapping) and one.get("op") in PATTERNS for one in asked)


def said(name: str, wanted: Any, names: Mapping[str, str] = NOTHING) -> str:
    """Say a condition on events to a person: `name` is its key's, `names` those of its values."""
    if not isinstance(wanted, Mapping):
        items = wanted if isinstance(wanted, list) else [wanted]
        phrase = TEXTS["is"] if len(items) == 1 else TEXTS["in"]
        return str(phrase) % {"field": name, "value": _listed(items, names)}
    op: str = wanted["op"]
    value: Any = wanted.get("value")
    words = ""
    if op == "between":
        words = _("%(low)s and %(high)s") % {"low": value[0], "high": value[1]}
    elif op not in PRESENCE:
        items = value if isinstance(value, list) else [value]
        words = _listed(items, names if op in WHOLE else NOTHING)
    return str({**TEXTS, **NUMBERS}[op]) % {"field": name, "value": words}


def offered() -> dict[str, list[Operator]]:
    """Return the operators a builder offers for texts and for numbers of events."""
    texts = {op: phrase for op, phrase in TEXTS.items() if op not in ("is_not", "in")}
    return {
        name: [operator(op, phrase, FORMS.get(op, TEXT)) for op, phrase in phrases.items()]
        for name, phrases in (("event_text", texts), ("event_number", NUMBERS))
    }


def _listed(items: list[Any], names: Mapping[str, str]) -> str:
    return said_list([names.get(str(item)) or _quoted(item) for item in items])


def _quoted(value: Any) -> str:
    return _("“%(text)s”") % {"text": value} if isinstance(value, str) else str(value)
