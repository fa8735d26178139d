"""Texts, choices of one, countries and the like: compared without regard to case."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target
from contacts.filters.targets import label_of
from contacts.values import ValueProblem, places
from kernel.filters import Column, Mode, Sql
from kernel.filters.comparing import a_pattern
from kernel.filters.operands import a_list, a_text
from kernel.filters.pieces import Value, joined
from kernel.filters.wording import said_list

# Longer lists become a hashed sub-select instead of an array in the statement.
INLINE = 100


class Texts(Family):
    """Operators of everything that is kept as one text."""

    types: ClassVar[tuple[str, ...]] = (
        *("text", "long_text", "html", "email", "url", "lookup", "select"),
        *("country", "region", "locale", "timezone"),
    )
    served: ClassVar = frozenset({"is", "in"})
    phrases: ClassVar = {
        "is": _lazy("%(field)s is %(value)s"),
        "is_not": _lazy("%(field)s is not %(value)s"),
        "contains": _lazy("%(field)s contains %(value)s"),
        "not_contains": _lazy("%(field)s does not contain %(value)s"),
        "starts_with": _lazy("%(field)s starts with %(value)s"),
        "not_starts_with": _lazy("%(field)s does not start with %(value)s"),
        "ends_with": _lazy("%(field)s ends with %(value)s"),
        "not_ends_with": _lazy("%(field)s does not end with %(value)s"),
        "matches": _lazy("%(field)s matches the regular expression %(value)s"),
        "not_matches": _lazy("%(field)s does not match the regular expression %(value)s"),
        "in": _lazy("%(field)s is one of %(value)s"),
        "not_in": _lazy("%(field)s is none of %(value)s"),
        "is_empty": _lazy("%(field)s is empty"),
        "is_not_empty": _lazy("%(field)s is not empty"),
    }
    takes: ClassVar = {
        **dict.fromkeys(phrases, _lazy("a text")),
        **dict.fromkeys(("in", "not_in"), _lazy("a list of texts")),
        **dict.fromkeys(
            ("matches", "not_matches"),
            _lazy("a PostgreSQL regular expression of at most 200 characters, minding case"),
        ),
    }
    notes: ClassVar = (
        "Case does not matter, but in `matches`. Countries, languages and time zones may be named"
        " by code or by name. Regular expressions run alone, under a time limit; a segment whose"
        " expression takes too long is put aside (`failed`)."
    )
    negative: ClassVar = {
        "is_not": "is",
        "not_contains": "contains",
        "not_starts_with": "starts_with",
        "not_ends_with": "ends_with",
        "not_matches": "matches",
        "not_in": "in",
    }

    def operand(self, target: Target, op: str, value: Any) -> Any:
        """Take a text, a list of texts, or a regular expression the server understands."""
        if op in {"in", "not_in"}:
            items = a_list(value, "value")
            texts = [a_text(item, f"value.{number}") for number, item in enumerate(items)]
            return [_as_kept(target, text) for text in texts]
        if op in {"matches", "not_matches"}:
            return a_pattern(value, "value")
        text = a_text(value, "value")
        return _as_kept(target, text) if op in {"is", "is_not"} else text

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Compare in lower case, as the server lowers it on both sides."""
        if op == "matches":
            return (target.column(), " ~ ", Value(operand, "text"))
        column = folded(target)
        if op == "is":
            return (column, " = lower(", Value(operand, "text"), ")")
        if op == "in":
            return _among(column, operand)
        plain = operand.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        pattern = {"contains": f"%{plain}%", "starts_with": f"{plain}%", "ends_with": f"%{plain}"}
        return (column, " LIKE lower(", Value(pattern[op], "text"), ")")

    def risky(self, op: str) -> bool:
        """A regular expression may take exponential time."""
        return op in {"matches", "not_matches"}

    def said(self, target: Target, op: str, operand: Any) -> str:
        """Say what a code stands for, or the text in quotation marks."""
        items = operand if isinstance(operand, list) else [operand]
        coded = op in {"is", "is_not", "in", "not_in"}
        return said_list([_labelled(target, item) if coded else _quoted(item) for item in items])


def _labelled(target: Target, item: str) -> str:
    label = label_of(target, item)
    is_option = any(str(option["value"]) == item for option in target.options)
    return label if is_option or label != item else _quoted(item)


def _quoted(item: str) -> str:
    return _("“%(text)s”") % {"text": item}


def folded(target: Target) -> Column:
    """Return the text in lower case: the very expression of its index and statistics."""
    if target.alias == "email":
        return Column("c.email_key")
    return target.column("lower({})")


def _among(column: Column, items: list[str]) -> Sql:
    if len(items) <= INLINE:
        lowered = [("lower(", Value(item, "text"), ")") for item in items]
        return (column, " = ANY (ARRAY[", *joined(lowered, ", "), "])")
    return (column, " IN (SELECT lower(v) FROM unnest(", Value(items, "text[]"), ") v)")


def _as_kept(target: Target, text: str) -> str:
    """Write a country, language or zone by its code; what is none is compared as it stands."""
    read = {"country": places.country, "locale": places.locale, "timezone": places.timezone}
    if target.type not in read:
        return text
    try:
        return read[target.type](text)
    except ValueProblem:
        return text
