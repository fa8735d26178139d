"""Why events were judged as they were: rows beside them, in the order of judgement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tracking.models import EventVerdict

NOTE = """
INSERT INTO event_verdict (event_id, verdict, was, reasons, judged_at)
SELECT event, verdict, was, string_to_array(reasons, ','), %s
FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[])
     v(event, verdict, was, reasons)"""


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
