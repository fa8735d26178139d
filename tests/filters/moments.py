"""What filters mean by dates and times, in plain Python: the oracle's part about moments."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True)
class World:
    """Now and here, and what the fields hold."""

    now: datetime
    zone: ZoneInfo
    types: dict[str, str]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def compared(op: str, value: Any, wanted: Any) -> bool:
    """Compare two numbers, or whether one lies between two others."""
    if op == "between":
        return bool(wanted[0] <= value <= wanted[1])
    return {
        "eq": value == wanted,
        "ne": value != wanted,
        "gt": value > wanted,
        "gte": value >= wanted,
        "lt": value < wanted,
        "lte": value <= wanted,
    }[op]


def moment(kind: str, op: str, value: Any, wanted: Any, world: World) -> bool:
    """Say whether a date or an instant is what the filter means."""
    if op == "anniversary":
        return _anniversary(_day_of(value, world), wanted, world.today)
    if op in {"within_last", "within_next", "more_than_ago"}:
        return _rolling(op, value, wanted, world)
    first = _period(wanted[0] if op == "between" else wanted, world)
    last = _period(wanted[1], world) if op == "between" else first
    instant = _place(value, world)
    if op == "before":
        return instant < first[0]
    if op == "after":
        return instant > first[0] if first[0] == first[1] else instant >= first[1]
    ends = instant <= last[1] if last[0] == last[1] else instant < last[1]
    return instant >= first[0] and ends


def inside(tree: dict[str, Any], at: datetime, world: World) -> bool:
    """Say whether an instant lies in the period of a condition."""
    if "within" in tree and at < world.now - span(tree["within"]):
        return False
    return all(
        moment("datetime", key, at, tree[key], world) for key in ("after", "before") if key in tree
    )


def _rolling(op: str, value: Any, wanted: str, world: World) -> bool:
    if wanted[-1] in "dw":
        days = span(wanted).days
        day = _day_of(value, world)
        if op == "within_last":
            return world.today - timedelta(days) <= day <= world.today
        if op == "within_next":
            return world.today <= day <= world.today + timedelta(days)
        return day < world.today - timedelta(days)
    if op == "within_last":
        return world.now - span(wanted) <= value <= world.now
    if op == "within_next":
        return bool(world.now <= value <= world.now + span(wanted))
    return bool(value < world.now - span(wanted))


def _anniversary(day: date, wanted: dict[str, int], today: date) -> bool:
    """Say whether today lies between so many days ahead of an anniversary and past it."""
    for year in (today.year - 1, today.year, today.year + 1):
        last = calendar.monthrange(year, day.month)[1]
        kept = date(year, day.month, min(day.day, last))
        low = kept - timedelta(wanted.get("before", 0))
        if low <= today <= kept + timedelta(wanted.get("after", 0)):
            return True
    return False


def _period(wanted: Any, world: World) -> tuple[timedelta, timedelta]:
    today = world.today
    if isinstance(wanted, dict):
        [(unit, number)] = wanted.items()
        if unit in {"hours", "minutes"}:
            at = _place(world.now + timedelta(**{unit: number}), world)
            return at, at
        return _one(_shift(today, unit, number), world)
    if "T" in wanted:
        at = _place(datetime.fromisoformat(wanted), world)
        return at, at
    if wanted[0].isdigit():
        return _one(date.fromisoformat(wanted), world)
    return _named(wanted, world)


def _named(word: str, world: World) -> tuple[timedelta, timedelta]:
    today = world.today
    if "_" not in word:
        return _one(today + timedelta({"yesterday": -1, "today": 0, "tomorrow": 1}[word]), world)
    which, unit = word.split("_")
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * step)
        return _whole(monday, monday + timedelta(7), world)
    if unit == "month":
        first = _shift(today.replace(day=1), "months", step)
        return _whole(first, _shift(first, "months", 1), world)
    return _whole(date(today.year + step, 1, 1), date(today.year + step + 1, 1, 1), world)


def _shift(day: date, unit: str, number: int) -> date:
    if unit in {"days", "weeks"}:
        return day + timedelta(**{unit: number})
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _one(day: date, world: World) -> tuple[timedelta, timedelta]:
    begins = _place(day, world)
    if day < date.max:
        return begins, _place(day + timedelta(1), world)
    # The last day has none after it; no clock is changed in its night.
    return begins, begins + timedelta(1)


def _whole(first: date, after: date, world: World) -> tuple[timedelta, timedelta]:
    return _place(first, world), _place(after, world)


def _place(value: Any, world: World) -> timedelta:
    """Return how far an instant, or a day's midnight, lies from the first day in Greenwich.

    A distance has no end, as the calendar has: 9999-12-31 ends in the year 10000.
    """
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=world.zone)
    offset = value.utcoffset()
    assert offset is not None
    return value.replace(tzinfo=UTC) - datetime(1, 1, 1, tzinfo=UTC) - offset


def _day_of(value: Any, world: World) -> date:
    """Return the day of an instant here; where there is none, one of the same month and day.

    The calendar repeats itself every 400 years.
    """
    if not isinstance(value, datetime):
        return value
    far = {1: 400, 9999: -400}.get(value.year, 0)
    day = value.replace(year=value.year + far).astimezone(world.zone).date()
    return day if (day.year - far) in (0, 10_000) else day.replace(year=day.year - far)


def span(text: str) -> timedelta:
    """Read `7d`."""
    return timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])
