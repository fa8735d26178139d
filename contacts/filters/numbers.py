"""Numbers, points and times of day; and what is only true or false."""

from datetime import time
from typing import Any, ClassVar

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target
from kernel.filters import Mode, Sql, refuse
from kernel.filters.operands import a_list, a_number, a_text
from kernel.filters.pieces import Value

SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PHRASES = {
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


class Numbers(Family):
    """Exact numbers; both ends of `between` are included."""

    types: ClassVar[tuple[str, ...]] = ("number",)
    notes: ClassVar = (
        '`between` includes both ends. Numbers are exact; texts such as `"12.50"` are taken, too.'
    )
    phrases: ClassVar = PHRASES
    takes: ClassVar = {
        **dict.fromkeys(PHRASES, _lazy("a number")),
        "between": _lazy("a list of two numbers"),
    }
    negative: ClassVar = {"ne": "eq"}
    served: ClassVar = frozenset({*SIGNS, "between"})
    cast: ClassVar[str] = ""

    def one(self, value: Any, place: str) -> Any:
        """Take one value."""
        return a_number(value, place)

    def operand(self, target: Target, op: str, value: Any) -> Any:
        """Take one value, or two for `between`."""
        if op != "between":
            return self.one(value, "value")
        ends = a_list(value, "value")
        if len(ends) != 2:
            raise refuse("value", "invalid", _("A list of two values is expected."))
        low, high = self.one(ends[0], "value.0"), self.one(ends[1], "value.1")
        if low > high:
            raise refuse("value", "invalid", _("The first value must not exceed the second."))
        return [low, high]

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Compare as numbers."""
        column = target.column()
        if op == "between":
            low, high = (Value(end, self.cast) for end in operand)
            return (column, " BETWEEN ", low, " AND ", high)
        return (column, f" {SIGNS[op]} ", Value(operand, self.cast))

    def said(self, target: Target, op: str, operand: Any) -> str:
        """Say one value or two."""
        if op == "between":
            low, high = (self.written(end) for end in operand)
            return _("%(low)s and %(high)s") % {"low": low, "high": high}
        return self.written(operand)

    def written(self, value: Any) -> str:
        """Write one value as the reader's language does."""
        return number_format(value, use_l10n=True, force_grouping=True)


class Times(Numbers):
    """Times of day."""

    types: ClassVar = ("time",)
    notes: ClassVar = ""
    takes: ClassVar = {
        **dict.fromkeys(PHRASES, _lazy("a time as HH:MM or HH:MM:SS")),
        "between": _lazy("a list of two times"),
    }
    cast: ClassVar[str] = "text"

    def one(self, value: Any, place: str) -> str:
        """Take a time and write it as it is kept: with seconds only where there are any."""
        text = a_text(value, place, longest=8)
        try:
            found = time.fromisoformat(text)
        except ValueError as error:
            message = _("A time as HH:MM or HH:MM:SS is expected.")
            raise refuse(place, "invalid", message) from error
        return found.isoformat("seconds" if found.second else "minutes")

    def written(self, value: Any) -> str:
        """Write a time as it is kept."""
        return str(value)


class Truths(Family):
    """Yes or no; who was never asked is neither."""

    types: ClassVar = ("boolean",)
    notes: ClassVar = "Who was never asked is neither."
    phrases: ClassVar = {"is": _lazy("%(field)s is %(value)s")}
    takes: ClassVar = {"is": _lazy("true or false")}

    def operand(self, target: Target, op: str, value: Any) -> bool:
        """Take true or false."""
        if not isinstance(value, bool):
            raise refuse("value", "invalid", _("true or false is expected."))
        return value

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Compare as booleans."""
        return (target.column(), f" = {'true' if operand else 'false'}")

    def said(self, target: Target, op: str, operand: Any) -> str:
        """Say yes or no."""
        return _("yes") if operand else _("no")
