"""Days, weeks, months and instants as filters name them: absolute, or relative to the present."""

from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kernel.clock import END, iso, parse_duration, parse_instant
from kernel.filters.operands import a_text, a_whole_number
from kernel.filters.pieces import When
from kernel.filters.problems import refuse
from kernel.zone import midnight

# The largest shift from today, by unit: about a hundred years.
SHIFTS = {"days": 36_600, "weeks": 5_200, "months": 1_200, "years": 100}
# Days and instants that are kept as texts are compared as texts.
AFTER_ALL = "9999-12-32"
CLOCK_SHIFTS = {"hours": 876_000, "minutes": 52_560_000}


class Bound(Protocol):
    """Where a period begins or ends."""

    @property
    def fixed(self) -> date | datetime | None:
        """The day or instant it is bound to, or None for the present."""

    def of(self, when: When) -> date | datetime:
        """Return the day or the instant."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day: fixed, or counted from today or from the first day of its week, month or year."""

    fixed: date | None = None
    first_of: str = ""
    months: int = 0
    days: int = 0

    def of(self, when: When) -> date:
        """Return the day; `OverflowError` for the one after the last."""
        day = self.fixed or when.now.astimezone(when.zone).date()
        if self.first_of == "week":
            day -= timedelta(days=day.weekday())
        elif self.first_of == "month":
            day = day.replace(day=1)
        elif self.first_of == "year":
            day = day.replace(month=1, day=1)
        return _later(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant: fixed, or so many seconds from the present."""

    fixed: datetime | None = None
    seconds: int = 0

    def of(self, when: When) -> datetime:
        """Return the instant."""
        return (self.fixed or when.now) + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to before `end`; where both are one instant, that instant alone."""

    start: Bound
    end: Bound

    @property
    def is_instant(self) -> bool:
        """Say whether it has no length."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Written:
    """A bound in the form its column is kept in: `date`, `instant` (timestamptz) or `text`."""

    bound: Bound
    form: str

    @property
    def cast(self) -> str:
        """The SQL type."""
        return "timestamptz" if self.form == "instant" else "text"

    @property
    def moves(self) -> bool:
        """Whether it is counted from the present."""
        return self.bound.fixed is None

    @property
    def zoned(self) -> bool:
        """Whether it is a day, which begins at midnight."""
        return isinstance(self.bound, Day)

    def at(self, when: When) -> Any:
        """Return the value to compare with."""
        try:
            value = self.bound.of(when)
        except OverflowError:
            return _end(when.zone, self.form)
        if self.form == "date":
            return value.isoformat()[:10]
        instant = value if isinstance(value, datetime) else midnight(value, when.zone)
        return instant if self.form == "instant" else iso(instant)


def _end(zone: ZoneInfo, form: str) -> Any:
    """Return what comes after all that lies before the end of the last day."""
    try:
        last = datetime.max.replace(tzinfo=zone).astimezone(UTC) + timedelta(microseconds=1)
    except OverflowError:
        # No value is later; of texts this one comes after every instant of the last day.
        return END if form == "instant" else AFTER_ALL
    if form == "date":
        return AFTER_ALL
    return last if form == "instant" else iso(last)


def _later(day: date, months: int) -> date:
    """Shift by months; the 31st becomes the last day of a shorter month."""
    if not months:
        return day
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _whole(day: Day) -> Period:
    return Period(day, replace(day, days=day.days + 1))


def _words() -> dict[str, Period]:
    words = {
        "today": _whole(Day()),
        "yesterday": _whole(Day(days=-1)),
        "tomorrow": _whole(Day(days=1)),
    }
    for name, shift in (("last", -1), ("this", 0), ("next", 1)):
        week = Day(first_of="week", days=7 * shift)
        words[f"{name}_week"] = Period(week, replace(week, days=week.days + 7))
        for unit, length in (("month", 1), ("year", 12)):
            start = Day(first_of=unit, months=length * shift)
            words[f"{name}_{unit}"] = Period(start, replace(start, months=start.months + length))
    return words


WORDS = _words()


def period(value: Any, place: str, *, clock: bool) -> Period:
    """Read an absolute day or instant, a word, or a shift from the present.

    `clock` says that what is compared has a time of day, so that instants and hours make sense.
    """
    if isinstance(value, Mapping):
        return _shifted(value, place, clock=clock)
    text = a_text(value, place, longest=40)
    if text in WORDS:
        return WORDS[text]
    with suppress(ValueError):
        if len(text) == 10:
            return _whole(Day(fixed=date.fromisoformat(text)))
    if clock:
        with suppress(ValueError, OverflowError):
            instant = Instant(parse_instant(text))
            return Period(instant, instant)
        message = _("A day, an instant with its offset, or a word such as today is expected.")
    else:
        message = _("A day as YYYY-MM-DD or a word such as today is expected.")
    raise refuse(place, "invalid", message)


def _shifted(value: Mapping[str, Any], place: str, *, clock: bool) -> Period:
    allowed = SHIFTS | (CLOCK_SHIFTS if clock else {})
    if len(value) != 1 or next(iter(value)) not in allowed:
        message = _("One of these is expected: %(units)s.") % {"units": ", ".join(allowed)}
        raise refuse(place, "invalid", message)
    unit, given = next(iter(value.items()))
    if isinstance(given, str):
        given = None
    most = allowed[unit]
    number = a_whole_number(given, f"{place}.{unit}", least=-most, most=most)
    if unit in CLOCK_SHIFTS:
        instant = Instant(seconds=number * (3600 if unit == "hours" else 60))
        return Period(instant, instant)
    if unit in {"days", "weeks"}:
        return _whole(Day(days=number * (7 if unit == "weeks" else 1)))
    return _whole(Day(months=number * (12 if unit == "years" else 1)))


def length(value: Any, place: str, *, clock: bool) -> timedelta:
    """Read a duration such as `5d`; hours and minutes only where there is a time of day."""
    text = a_text(value, place, longest=12)
    try:
        found = parse_duration(text)
    except ValueError as error:
        message = _("A duration such as 90s, 10m, 1h, 3d or 2w is expected.")
        raise refuse(place, "invalid", message) from error
    if not clock and text[-1] not in "dw":
        raise refuse(place, "invalid", _("A number of days or weeks is expected, such as 5d."))
    return found


def by_days(text: str) -> bool:
    """Say whether a duration counts calendar days instead of rolling with the clock."""
    return text[-1] in "dw"


@dataclass(frozen=True, slots=True)
class Anniversaries:
    """The days of the year, as `MM-DD`, whose anniversary is near enough to today.

    An anniversary counts from `before` days ahead of it until `after` days past it.
    """

    before: int
    after: int
    cast: str = "text[]"
    moves: bool = True
    zoned: bool = True

    def at(self, when: When) -> list[str]:
        """Return the days; the 29th of February is kept on the 28th in other years."""
        today = when.now.astimezone(when.zone).date()
        days = [today + timedelta(days=n) for n in range(-self.after, self.before + 1)]
        found = [f"{day:%m-%d}" for day in days]
        if any(f"{day:%m-%d}" == "02-28" and monthrange(day.year, 2)[1] == 28 for day in days):
            found.append("02-29")
        return found


@dataclass(frozen=True, slots=True)
class ZoneName:
    """The name of the workspace's zone."""

    cast: str = "text"
    moves: bool = False
    zoned: bool = True

    def at(self, when: When) -> str:
        """Return the name."""
        return when.zone.key
