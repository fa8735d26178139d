"""Why events were judged as they were: rows beside them, in the order of judgement."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from tracking.models import EventVerdict

NOTE = """
INSERT INTO event_verdict (event_id, verdict, was, reasons, judged_at)
SELECT event, verdict, was, string_to_array(reasons, ','), %s
FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[])
     v(event, verdict, was, reasons)"""

# Longer than anybody asks why: a year's comparison with the year before, and a month to make it.
KEPT_FOR = timedelta(days=761)
SLICE = 10_000
# Numbers grow with time, so the oldest are the lowest.
FORGET = """
DELETE FROM event_verdict WHERE id = ANY(ARRAY(
  SELECT id FROM (SELECT id, judged_at FROM event_verdict ORDER BY id LIMIT %s) oldest
  WHERE judged_at < %s))"""


class Judgement(NamedTuple):
    """What one event is now taken for, and why."""

    event: int
    verdict: int
    reasons: Sequence[str]
    was: int | None = None


def note(judgements: Iterable[Judgement], now: datetime) -> None:
    """Write judgements down; those without a reason need no row."""
    rows = [row for row in judgements if row.reasons or row.was is not None]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            [
                now,
                [row.event for row in rows],
                [row.verdict for row in rows],
                [row.was for row in rows],
                [",".join(row.reasons) for row in rows],
            ],
        )


def reasons_of(events: Iterable[int]) -> dict[int, list[str]]:
    """Return the reasons of the verdicts in force."""
    rows = EventVerdict.objects.filter(event_id__in=list(events)).order_by("id")
    return {row.event_id: row.reasons for row in rows}


def forget(now: datetime) -> int:
    """Delete one slice of old judgements; the verdict in force stays on the event."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [SLICE, now - KEPT_FOR])
        return int(cursor.rowcount)
