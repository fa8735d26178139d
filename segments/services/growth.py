"""How a segment grew: members at the end of each day, from who entered and who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection
from psycopg2.errors import QueryCanceled

from kernel.events import type_id
from kernel.filters.questions import within_time
from kernel.zone import workspace_zone
from segments.services.records import ENTERED, LEFT

PATIENCE_MS = 3_000
# The events of who was erased are nobody's, below 0: they count as long as nobody asks whose. That
# they went is told by no event, no more than that two members became one, but by departures.
MOVED = """
SELECT e.subject_id segment_id, e.occurred_at at,
       (e.type_id = %(entered)s)::int entered, (e.type_id = %(left)s)::int "left"
FROM event e WHERE e.type_id IN (%(entered)s, %(left)s) AND e.subject_id = ANY(%(segments)s)
  AND e.occurred_at >= %(since)s AND ({seen})
UNION ALL
SELECT e.segment_id, e.at, 0, e.members FROM segment_departure e
WHERE e.segment_id = ANY(%(segments)s) AND e.at >= %(since)s AND ({seen})"""
MOVES = f"""
SELECT (at AT TIME ZONE %(zone)s)::date AS day, sum(entered), sum("left")
FROM ({MOVED}) moved GROUP BY 1"""  # noqa: S608 - constants

WEEK = timedelta(days=7)
LATELY_MS = 500
LATELY = f"""
SELECT segment_id, sum(entered) - sum("left") FROM ({MOVED}) moved GROUP BY 1"""  # noqa: S608 - constants


OWN = "e.contact_id IN (SELECT id FROM contact WHERE owner_id = %(seen_0)s)"


@dataclass(frozen=True)
class Day:
    """One day of a segment."""

    day: date
    entered: int
    left: int
    # At its end.
    members: int


def seen_of(owner: int | None) -> tuple[str, tuple[Any, ...]]:
    """Return SQL over events for one owner's contacts, or everybody's, with its values."""
    return ("true", ()) if owner is None else (OWN, (owner,))


def lately(
    segments: Sequence[int], now: datetime, *, seen: tuple[str, Sequence[Any]] = ("true", ())
) -> dict[int, int] | None:
    """Return by how many each segment grew in the last seven days; None when that takes too long.

    `seen` narrows the people as in `growth`.
    """
    values: dict[str, Any] = {
        "entered": type_id(ENTERED),
        "left": type_id(LEFT),
        "segments": list(segments),
        "since": now - WEEK,
    }
    found = _asked(LATELY.format(seen=seen[0]), values, seen, LATELY_MS)
    if found is None:
        return None
    return dict.fromkeys(segments, 0) | {segment: int(by) for segment, by in found}


def _asked(
    statement: str, values: dict[str, Any], seen: tuple[str, Sequence[Any]], patience: int
) -> list[tuple[Any, ...]] | None:
    """Read moves, unless that takes too long."""
    values |= {f"seen_{place}": value for place, value in enumerate(seen[1])}
    try:
        with within_time(None, patience), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return None


def growth(
    segment: int,
    members: int,
    now: datetime,
    *,
    days: int = 90,
    seen: tuple[str, Sequence[Any]] = ("true", ()),
) -> list[Day] | None:
    """Return the last days, the first of them first; None when reading takes too long.

    `seen` narrows the people, as SQL over `e.contact_id`; `members` is how many there are now.
    """
    zone = workspace_zone()
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    values: dict[str, Any] = {
        "zone": str(zone),
        "entered": type_id(ENTERED),
        "left": type_id(LEFT),
        "segments": [segment],
        "since": datetime(first.year, first.month, first.day, tzinfo=zone),
    }
    read = _asked(MOVES.format(seen=seen[0]), values, seen, PATIENCE_MS)
    if read is None:
        return None
    moves = {day: (int(entered), int(left)) for day, entered, left in read}
    found: list[Day] = []
    for back in range(days):
        day = today - timedelta(days=back)
        entered, left = moves.get(day, (0, 0))
        found.append(Day(day, entered, left, members))
        # What went before departures were written down is known of nobody.
        members = max(0, members + left - entered)
    return found[::-1]
