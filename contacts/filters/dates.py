"""Dates and instants: absolute, relative to today, rolling, and anniversaries."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.filters.family import Family, Target, among, inside
from kernel.filters import Column, Mode, Now, Sql, Value, When, refuse
from kernel.filters.operands import a_list, a_whole_number
from kernel.filters.periods import (
    Anniversaries,
    Bound,
    Day,
    Instant,
    Period,
    Written,
    ZoneName,
    by_days,
    length,
    period,
)
from kernel.filters.sayings import said_period
from kernel.filters.wording import said_duration

FURTHEST_ANNIVERSARY = 180


@dataclass(frozen=True, slots=True)
class Operand:
    """The periods an operator compares with, and how the person wrote them."""

    periods: tuple[Period, ...]
    written: Any
    anniversaries: Anniversaries | None = None


class Dates(Family):
    """Days in the workspace's zone."""

    types: ClassVar[tuple[str, ...]] = ("date", "datetime")
    served: ClassVar = frozenset(
        {"on", "before", "after", "between", "within_last", "within_next", "more_than_ago"}
    )
    phrases: ClassVar = {
        "on": _lazy("%(field)s is on %(value)s"),
        "not_on": _lazy("%(field)s is not on %(value)s"),
        "before": _lazy("%(field)s is before %(value)s"),
        "after": _lazy("%(field)s is after %(value)s"),
        "between": _lazy("%(field)s is between %(value)s"),
        "within_last": _lazy("%(field)s is within the last %(value)s"),
        "within_next": _lazy("%(field)s is within the next %(value)s"),
        "more_than_ago": _lazy("%(field)s is more than %(value)s ago"),
        "anniversary": _lazy("%(field)s has its anniversary %(value)s"),
        "is_empty": _lazy("%(field)s is empty"),
        "is_not_empty": _lazy("%(field)s is not empty"),
    }
    takes: ClassVar = {
        **dict.fromkeys(
            ("on", "not_on", "before", "after"),
            _lazy("a day, an instant (only for a date and time), a word or a shift"),
        ),
        "between": _lazy("a list of two of these, both included"),
        **dict.fromkeys(
            ("within_last", "within_next", "more_than_ago"), _lazy("a duration such as 5d or 12h")
        ),
        "anniversary": _lazy(
            '{"before": days, "after": days}: from so many days ahead of the anniversary until'
            " so many days past it"
        ),
    }
    notes: ClassVar = (
        "A day is `YYYY-MM-DD`, a word (`today yesterday tomorrow`, `last_ this_ next_` with `week"
        ' month year`) or a shift from today: `{"days": -5}`, `weeks`, `months`, `years`; for a'
        " date and time also `hours` and `minutes`, and instants with their offset. Days begin at"
        " midnight in the workspace's zone, weeks on Monday. `within_last 5d` counts calendar days,"
        " from the day five days ago through today; with `h` or `m` it rolls with the clock."
        " `more_than_ago` is what lies before `within_last`. `anniversary` looks at month and day:"
        " today must lie from `before` days ahead of it through `after` days past it; 29 February"
        " counts as the 28th in other years."
    )
    negative: ClassVar = {"not_on": "on"}

    def operand(self, target: Target, op: str, value: Any) -> Operand:
        """Read the periods an operator compares with."""
        clock = target.type == "datetime"
        if op == "anniversary":
            return Operand((), value, _anniversaries(value))
        if op in {"within_last", "within_next", "more_than_ago"}:
            return Operand((_rolling(op, value, clock=clock),), value)
        if op != "between":
            return Operand((period(value, "value", clock=clock),), value)
        ends = a_list(value, "value")
        if len(ends) != 2:
            raise refuse("value", "invalid", _("A list of two values is expected."))
        first = period(ends[0], "value.0", clock=clock)
        return Operand((first, period(ends[1], "value.1", clock=clock)), value)

    def positive(self, target: Target, op: str, operand: Operand, mode: Mode) -> Sql:
        """Compare with the bounds, in the form in which the column keeps its values."""
        if target.rows and mode is Mode.SET:
            return among(target, self.positive(inside(target), op, operand, mode))
        if operand.anniversaries:
            return _days_of_year(target, operand.anniversaries)
        first, last = operand.periods[0], operand.periods[-1]
        column, kept = target.column(), _form(target)

        def bound(sign: str, end: Bound) -> Sql:
            return (column, f" {sign} ", Now(Written(end, kept)))

        if op == "before" or op == "more_than_ago":
            return bound("<", first.start)
        if op == "after":
            return bound(">" if first.is_instant else ">=", first.end)
        upper = "<=" if last.is_instant or isinstance(last.end, Instant) else "<"
        return (*bound(">=", first.start), " AND ", *bound(upper, last.end))

    def present(self, target: Target, mode: Mode) -> Sql:
        """Return SQL that is true where there is a value."""
        if target.rows and mode is Mode.SET:
            return among(target, super().present(inside(target), mode))
        return super().present(target, mode)

    def edges(self, sql: Sql, before: When, after: When) -> Sql | None:
        """Return whoever's value a bound passed over, or whose anniversary came near or went."""
        found = [
            p.moment for p in sql if isinstance(p, Now) and isinstance(p.moment, Anniversaries)
        ]
        if not found:
            return super().edges(sql, before, after)
        if found[0].at(before) == found[0].at(after):
            return None
        return ("(", *_frozen(sql, before), ") IS DISTINCT FROM (", *_frozen(sql, after), ")")

    def said(self, target: Target, op: str, operand: Operand) -> str:
        """Say the period."""
        written = operand.written
        if op == "anniversary":
            near = operand.anniversaries or Anniversaries(0, 0)
            return _("from %(before)s ahead until %(after)s past it") % {
                "before": said_duration(f"{near.before}d"),
                "after": said_duration(f"{near.after}d"),
            }
        if op in {"within_last", "within_next", "more_than_ago"}:
            return said_duration(written)
        if op == "between":
            low, high = said_period(written[0]), said_period(written[1])
            return _("%(low)s and %(high)s") % {"low": low, "high": high}
        return said_period(written)


def _form(target: Target) -> str:
    if target.type == "date":
        return "date"
    return "instant" if target.kept == "instant" else "text"


def _rolling(op: str, value: Any, *, clock: bool) -> Period:
    """Days count by the calendar, through today; hours and minutes roll with the clock."""
    span = length(value, "value", clock=clock)
    if by_days(value):
        if op == "within_next":
            return Period(Day(), Day(days=span.days + 1))
        return Period(Day(days=-span.days), Day(days=1))
    seconds = int(span.total_seconds())
    if op == "within_next":
        return Period(Instant(), Instant(seconds=seconds))
    return Period(Instant(seconds=-seconds), Instant())


def _anniversaries(value: Any) -> Anniversaries:
    if not isinstance(value, dict) or not set(value) <= {"before", "after"}:
        message = _("An object with before and after, in days, is expected.")
        raise refuse("value", "invalid", message)
    most = FURTHEST_ANNIVERSARY
    return Anniversaries(
        before=a_whole_number(value.get("before", 0), "value.before", least=0, most=most),
        after=a_whole_number(value.get("after", 0), "value.after", least=0, most=most),
    )


def _days_of_year(target: Target, near: Anniversaries) -> Sql:
    if target.type == "date":
        return (target.column("substr({}, 6, 5)"), " = ANY (", Now(near), ")")
    instant = Column(target.sql, target.source)
    if target.kept != "instant":
        instant = target.column("(({})::timestamptz)")
    local: Sql = ("to_char(", instant, " AT TIME ZONE ", Now(ZoneName()), ", 'MM-DD')")
    return (*local, " = ANY (", Now(near), ")")


def _frozen(sql: Sql, when: When) -> Sql:
    """Give what follows the clock the value it has at one instant."""
    return tuple(
        Value(piece.moment.at(when), piece.moment.cast) if isinstance(piece, Now) else piece
        for piece in sql
    )
