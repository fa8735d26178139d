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
    instant = _instant(value, world)
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


def _period(wanted: Any, world: World) -> tuple[datetime, datetime]:
    today = world.today
    if isinstance(wanted, dict):
        [(unit, number)] = wanted.items()
        if unit in {"hours", "minutes"}:
            at = world.now + timedelta(**{unit: number})
            return at, at
        day = _shift(today, unit, number)
        return _whole(day, day + timedelta(1), world)
    if "T" in wanted:
        at = datetime.fromisoformat(wanted)
        return at, at
    if wanted[0].isdigit():
        day = date.fromisoformat(wanted)
        return _whole(day, day + timedelta(1), world)
    return _named(wanted, world)


def _named(word: str, world: World) -> tuple[datetime, datetime]:
    today = world.today
    if "_" not in word:
        day = today + timedelta({"yesterday": -1, "today": 0, "tomorrow": 1}[word])
        return _whole(day, day + timedelta(1), world)
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


def _whole(first: date, after: date, world: World) -> tuple[datetime, datetime]:
    return _instant(first, world), _instant(after, world)


def _instant(value: Any, world: World) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=world.zone).astimezone(UTC)


def _day_of(value: Any, world: World) -> date:
    return value.astimezone(world.zone).date() if isinstance(value, datetime) else value


def span(text: str) -> timedelta:
    """Read `7d`."""
    return timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])
