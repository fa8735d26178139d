"""Whose date comes: the days of a date source, entered at an hour of each contact's own zone.

A day of an instant is that of the workspace's zone, as in filters. Which zones come to which day
is worked out here; the contacts are found by the values their field would have, so that the
index of a date field, where it has one, serves anniversaries too. Those of instants are looked for
around the day in each year, and compared by their day here, which no index knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from campaigns.graph import timed
from contacts.catalogue import FieldSpec
from kernel import clock, zone_names
from kernel.zone import midnight, workspace_zone

# Instants of our own that an index knows.
INDEXED = frozenset({"created_at"})
ONE_DAY, FARTHEST = timedelta(days=1), timedelta(hours=15)


@dataclass(frozen=True)
class Question:
    """SQL with its values: rows (contact_id, spell) of everybody whose moment comes."""

    sql: str
    params: list[Any]


def question(source: Mapping[str, Any], since: datetime, until: datetime) -> Question | None:
    """Ask whose moment lies after `since` and not after `until`; None: nobody's can.

    The spell is the number of the day on which they enter (`date.toordinal`).
    """
    config = source[timed.DATE]
    spec = timed.field_of(config)
    if spec is None:
        return None
    branches, params = list[str](), list[Any]()
    for days, names in _zones(timed.hour_of(config), since, until).items():
        sql, values = _branch(config, spec, days, names)
        branches.append(sql)
        params += values
    return Question(" UNION ALL ".join(branches), params) if branches else None


def moment(day: date, at: time, zone: tzinfo) -> datetime:
    """Return when a day's hour comes in a zone; one the clocks leave out comes an hour later."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def next_moment(
    source: Mapping[str, Any], contact: int, after: datetime, _campaign: int
) -> datetime | None:
    """Return when one contact enters next; None: never."""
    config = source[timed.DATE]
    spec = timed.field_of(config)
    if spec is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.timezone, {_column(spec, config, (), ())[0]}"  # noqa: S608 - the catalogue's
            " FROM contact c WHERE c.id = %s",
            [contact],
        )
        zone, text = cursor.fetchone() or (None, None)
    if text is None:
        return None
    own = ZoneInfo(zone) if zone in zone_names.known() else workspace_zone()
    days = timed.entries(config, text, past=not spec.writable)
    moments = [moment(day, timed.hour_of(config), own) for day in days]
    return min((one for one in moments if one > after), default=None)


def _zones(at: time, since: datetime, until: datetime) -> dict[tuple[date, ...], list[str]]:
    """Group zones by the days whose hour comes in between; the empty name is everybody else's."""
    # A day begins up to 14 hours before UTC's, and 12 after.
    first = (since - ONE_DAY).date()
    days = [first + ONE_DAY * n for n in range((until.date() - first).days + 2)]
    # Only at the ends do zones differ: an hour comes nowhere more than 15 hours off that of UTC.
    inner = [
        day
        for day in days
        if since < moment(day, at, UTC) - FARTHEST and moment(day, at, UTC) + FARTHEST <= until
    ]
    comes: dict[str, tuple[date, ...]] = dict.fromkeys(("", *zone_names.names()), (*inner,))
    for day in sorted({*days} - {*inner}):
        for name, instant in _moments(day, at, workspace_zone().key):
            if since < instant <= until:
                comes[name] = (*comes[name], day)
    found: dict[tuple[date, ...], list[str]] = {}
    for name, coming in comes.items():
        if coming:
            found.setdefault(coming, []).append(name)
    return found


# The same few days and hours are asked for every minute.
@lru_cache(maxsize=256)
def _moments(day: date, at: time, own: str) -> tuple[tuple[str, datetime], ...]:
    """Return when an hour comes in every zone; the empty name is that of the workspace."""
    zones = [("", ZoneInfo(own)), *((name, ZoneInfo(name)) for name in zone_names.names())]
    return tuple((name, moment(day, at, zone)) for name, zone in zones)


def _branch(
    config: Mapping[str, Any], spec: FieldSpec, days: tuple[date, ...], names: list[str]
) -> tuple[str, list[Any]]:
    """Ask for the contacts of some zones whose field has a value of one of some days."""
    pairs = [
        (value, day.toordinal())
        for day in days
        for value in timed.days_of(config, day, past=not spec.writable)
    ]
    values = [value for value, _day in pairs]
    column, near, bounds = _column(spec, config, days, values)
    where, more = _in_zones(names)
    sql = (
        f"SELECT c.id contact_id, k.spell FROM contact c"  # noqa: S608 - the catalogue's
        f" JOIN unnest(%s::text[], %s::bigint[]) k(value, spell) ON {column} = k.value"
        f" WHERE {column} = ANY(%s::text[]){near} AND {where}"
    )
    return sql, [values, [day for _value, day in pairs], values, *bounds, *more]


def _column(
    spec: FieldSpec, config: Mapping[str, Any], days: tuple[date, ...], values: Sequence[str]
) -> tuple[str, str, list[Any]]:
    """Return the day of a field as text, and what an index can narrow it by."""
    if spec.type == "date":
        return spec.sql, "", []
    zone, instant = workspace_zone(), spec.kept == "column"
    local = spec.sql if instant else f"({spec.sql})::timestamptz"
    # Its name is one Python knows, which holds no quotes.
    column = f"to_char({local} AT TIME ZONE '{zone.key}', 'YYYY-MM-DD')"
    yearly = config["every"] != timed.ONCE
    if not days or (yearly and not (spec.indexed or spec.alias in INDEXED)):
        return column, "", []
    ranges = list(_around(values, zone))
    bounds = [bound for ends in ranges for bound in ends]
    near = " OR ".join([f"({spec.sql} >= %s AND {spec.sql} < %s)"] * len(ranges))
    return column, f" AND ({near})", bounds if instant else [clock.iso(one) for one in bounds]


def _around(values: Sequence[str], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Return instants between which days lie, a little more: days themselves are compared."""
    low = high = None
    for value in sorted(values):
        # The 29th of February is asked for in every year.
        with suppress(ValueError):
            begins = midnight(date.fromisoformat(value), zone) - ONE_DAY
            if high is not None and low is not None and begins > high:
                yield low, high
                low = None
            low, high = low or begins, begins + 3 * ONE_DAY
    if low is not None and high is not None:
        yield low, high


def _in_zones(names: list[str]) -> tuple[str, list[Any]]:
    """Ask for contacts of some zones; the empty name means who has none that is known."""
    if "" not in names:
        return "c.timezone = ANY(%s::text[])", [names]
    others = sorted(zone_names.known() - set(names))
    return "(c.timezone IS NULL OR c.timezone <> ALL(%s::text[]))", [others]
