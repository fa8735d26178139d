"""Counts who opened and who clicked lately, as the lists behind the figures choose people."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dashboard.models import DayFigure
from dashboard.services import places
from kernel import events, filters
from kernel.filters.questions import within_time

PERIOD = 30
OPENERS, CLICKERS = "openers", "clickers"
DID = {OPENERS: "emails.opened", CLICKERS: "emails.clicked"}
BEFORE = {OPENERS: "openers_before", CLICKERS: "clickers_before"}
ALL = (*DID, *BEFORE.values())
PATIENCE_MS = 120_000
# By the owner of the contact: each is counted once, so that the sums are those of the lists.
KEEP = """
INSERT INTO day_figure (day, what, owner_id, number, counted_at)
SELECT %s, %s, coalesce(c.owner_id, 0), count(*), %s FROM contact c {joins}
WHERE {condition} GROUP BY coalesce(c.owner_id, 0)
ON CONFLICT (day, what, owner_id)
DO UPDATE SET number = excluded.number, counted_at = excluded.counted_at"""
EARLIER = """
c.id IN (SELECT e.contact_id FROM event e WHERE e.type_id = %s
         AND e.verdict IS DISTINCT FROM 3 AND e.occurred_at >= %s AND e.occurred_at < %s)"""


def refresh(today: date, now: datetime) -> None:
    """Count anew; the period before is counted once a day."""
    for what, event in DID.items():
        found = filters.compile(places.doing(event, PERIOD), now=now)
        _keep(what, today, now, found.joins, found.sql, list(found.params))
        before = BEFORE[what]
        if not DayFigure.objects.filter(what=before, day=today).exists():
            first, last = now - timedelta(days=2 * PERIOD), now - timedelta(days=PERIOD)
            _keep(before, today, now, "", EARLIER, [events.type_id(event), first, last])


def _keep(
    what: str, today: date, now: datetime, joins: str, condition: str, values: list[Any]
) -> None:
    statement = KEEP.format(joins=joins, condition=condition)
    with transaction.atomic():
        DayFigure.objects.filter(what=what).delete()
        # Nobody is a number, too.
        DayFigure.objects.bulk_create(
            [DayFigure(day=today, what=what, owner_id=0, number=0, counted_at=now)],
            ignore_conflicts=True,
        )
        with within_time(None, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(statement, [today, what, now, *values])
