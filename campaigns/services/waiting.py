"""When each contact may go on from a wait that depends on the contact or on the time of day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from campaigns.graph import waits
from campaigns.graph.durations import duration
from campaigns.graph.plan import Node
from contacts.catalogue import FieldSpec, whole
from kernel import clock, zone_names
from kernel.zone import midnight, workspace_zone

# As far ahead as a window is looked for: a week, and the night before.
_DAYS = 9


def moments(node: Node, contacts: Sequence[int], now: datetime) -> dict[int, datetime]:
    """Return when each contact may go on; whoever is missing may go on now."""
    until: Mapping[str, Any] = node.config.get("until", {})
    if "field" in until:
        return _by_field(until, contacts)
    if "date" in until or not until:
        return {}
    return _by_window(dict(until), contacts, now)


def _by_field(until: Mapping[str, Any], contacts: Sequence[int]) -> dict[int, datetime]:
    spec = whole().get(until["field"])
    if spec is None:
        return {}
    offset, zone = until.get("offset", "0s"), workspace_zone()
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, ({spec.sql})::text FROM contact c"  # noqa: S608 - the catalogue's
            " LEFT JOIN contact_state s ON s.contact_id = c.id"
            " LEFT JOIN company co ON co.id = c.company_id WHERE c.id = ANY(%s)",
            [list(contacts)],
        )
        for contact, text in cursor.fetchall():
            if text is not None:
                found[contact] = _instant(spec, text, offset, zone)
    return found


def _instant(spec: FieldSpec, text: str, offset: str, zone: ZoneInfo) -> datetime:
    """Add an offset to a date, which begins at midnight, or to an instant.

    Three days before a date is midnight too, also when the clocks change in between.
    """
    if spec.type != "date":
        return clock.later(datetime.fromisoformat(text).astimezone(UTC), duration(offset))
    day, passes = date.fromisoformat(text), duration(offset)
    if offset[-1] in "dw":
        return midnight(clock.later(day, passes), zone)
    return clock.later(midnight(day, zone), passes)


def _by_window(
    until: Mapping[str, Any], contacts: Sequence[int], now: datetime
) -> dict[int, datetime]:
    own = workspace_zone()
    if until.get("zone") != "contact":
        opening = next_opening(until, own, now)
        return dict.fromkeys(contacts, opening)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, timezone FROM contact WHERE id = ANY(%s)", [list(contacts)])
        zones = dict(cursor.fetchall())
    known = zone_names.known()
    openings = {
        name: next_opening(until, ZoneInfo(name) if name in known else own, now)
        for name in set(zones.values())
    }
    return {contact: openings[name] for contact, name in zones.items()}


def next_opening(until: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> datetime:
    """Return the first instant, now or later, that lies within the window in that zone."""
    days = waits.weekdays(dict(until))
    opens = waits.read_time(until.get("from")) or time()
    closes = waits.read_time(until.get("to")) or time()
    today = now.astimezone(zone).date()
    for ahead in range(-1, _DAYS):
        day = today + timedelta(days=ahead)
        # A window that closes before it opens, or at midnight, closes the day after.
        last = day if closes > opens else day + timedelta(days=1)
        begin = datetime.combine(day, opens, zone).astimezone(UTC)
        end = datetime.combine(last, closes, zone).astimezone(UTC)
        if day.isoweekday() in days and end > now:
            return max(begin, now)
    raise AssertionError(f"No window within {_DAYS} days: {dict(until)}")
