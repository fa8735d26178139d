"""What a filter means, in plain Python: written from the contract, sharing nothing with the SQL."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.filters.histories import remembers

NEGATIONS = {
    "is_not": "is",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_matches": "matches",
    "not_in": "in",
    "ne": "eq",
    "not_on": "on",
    "has_none": "has_any",
}
CODES = {"france": "fr", "allemagne": "de", "brazil": "br", "french": "fr", "allemand": "de"}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass
class Person:
    """A contact as the oracle knows it; missing keys are no value."""

    id: int
    values: dict[str, Any] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    # Type, instant, data and verdict of each.
    events: list[tuple[str, datetime, dict[str, Any], int | None]] = field(default_factory=list)
    segments: set[int] = field(default_factory=set)
    # Deliveries, imports and campaigns.
    remembered: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """Now and here, and what the fields hold."""

    now: datetime
    zone: ZoneInfo
    types: dict[str, str]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def means(tree: dict[str, Any], person: Person, world: World) -> bool:
    """Say whether the filter means the person."""
    if "all" in tree:
        return all(means(part, person, world) for part in tree["all"])
    if "any" in tree:
        return any(means(part, person, world) for part in tree["any"])
    if "none" in tree:
        return not any(means(part, person, world) for part in tree["none"])
    if "segment" in tree:
        inside = bool(person.segments & set(tree["segment"]))
        return inside if tree["op"] == "in" else not inside
    if any(kind in tree for kind in ("delivery", "import", "campaign")):
        return remembers(tree, person.remembered)
    if "event" in tree:
        return _behaved(tree, person, world)
    return _has(tree, person, world)


def _behaved(tree: dict[str, Any], person: Person, world: World) -> bool:
    number = 0
    for kind, at, data, verdict in person.events:
        if kind != tree["event"] or verdict == 3:
            continue
        if "within" in tree and at < world.now - _span(tree["within"]):
            continue
        if not all(_said(data, key, value) for key, value in tree.get("where", {}).items()):
            continue
        number += 1
    wanted = tree.get("count", {"op": "gte", "value": 1})
    return _compared(wanted["op"], number, wanted["value"])


def _said(data: dict[str, Any], key: str, wanted: Any) -> bool:
    """Compare as texts: a list means any of its values."""
    values = wanted if isinstance(wanted, list) else [wanted]
    return key in data and str(data[key]) in [str(value) for value in values]


def _has(tree: dict[str, Any], person: Person, world: World) -> bool:
    alias, op = tree["field"], tree["op"]
    value = person.tags if alias == "tags" else person.values.get(alias)
    if op == "is_empty":
        return not value and value not in (0, False)
    if op == "is_not_empty":
        return bool(value) or value in (0, False)
    empty = value is None or value == set()
    if op in NEGATIONS:
        if empty:
            return not tree.get("with_value", False)
        return not _holds(world.types[alias], NEGATIONS[op], value, tree["value"], world)
    return not empty and _holds(world.types[alias], op, value, tree["value"], world)


def _holds(kind: str, op: str, value: Any, wanted: Any, world: World) -> bool:
    if kind == "text":
        return _text(op, value, wanted)
    if kind == "number":
        return _compared(op, Decimal(str(value)), wanted)
    if kind == "time":
        return _compared(op, value, wanted)
    if kind in {"boolean", "reference"}:
        return bool(value in wanted if op == "in" else value == wanted)
    if kind in {"multiselect", "tags"}:
        return _choices(op, value, wanted)
    return _moment(kind, op, value, wanted, world)


def _text(op: str, value: str, wanted: Any) -> bool:
    if op == "matches":
        return re.search(wanted, value) is not None
    low = value.lower()
    if op in {"is", "in"}:
        items = [wanted.lower()] if op == "is" else [item.lower() for item in wanted]
        return low in [CODES.get(item, item) for item in items]
    want = wanted.lower()
    return {
        "contains": want in low,
        "starts_with": low.startswith(want),
        "ends_with": low.endswith(want),
    }[op]


def _choices(op: str, value: set[str], wanted: list[str]) -> bool:
    return bool(value & set(wanted)) if op == "has_any" else set(wanted) <= value


def _compared(op: str, value: Any, wanted: Any) -> bool:
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


def _moment(kind: str, op: str, value: Any, wanted: Any, world: World) -> bool:
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


def _rolling(op: str, value: Any, wanted: str, world: World) -> bool:
    if wanted[-1] in "dw":
        days = _span(wanted).days
        day = _day_of(value, world)
        if op == "within_last":
            return world.today - timedelta(days) <= day <= world.today
        if op == "within_next":
            return world.today <= day <= world.today + timedelta(days)
        return day < world.today - timedelta(days)
    if op == "within_last":
        return world.now - _span(wanted) <= value <= world.now
    if op == "within_next":
        return bool(world.now <= value <= world.now + _span(wanted))
    return bool(value < world.now - _span(wanted))


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


def _span(text: str) -> timedelta:
    return timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])
