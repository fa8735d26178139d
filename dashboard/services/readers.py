"""Counts who opened and who clicked lately, as the lists behind the figures choose people."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from dashboard.models import DayFigure
from dashboard.services import places
from kernel import events, filters
from kernel.filters.questions import within_time

logger = logging.getLogger(__name__)
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
        lately = Counted(what, found.joins, found.sql, list(found.params))
        _keep_in_time(lately, today, now)
        before = BEFORE[what]
        if not DayFigure.objects.filter(what=before, day=today).exists():
            first, last = now - timedelta(days=2 * PERIOD), now - timedelta(days=PERIOD)
            values = [events.type_id(event), first, last]
            _keep_in_time(Counted(before, "", EARLIER, values), today, now)


@dataclass(frozen=True)
class Counted:
    """One figure: its name, and the condition of those who are counted."""

    what: str
    joins: str
    condition: str
    values: list[Any]


def _keep_in_time(counted: Counted, today: date, now: datetime) -> None:
    """Count one figure; one that takes too long stays as it was, and the others go on."""
    try:
        _keep(counted, today, now)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        logger.warning("Counting %s took longer than %s ms", counted.what, PATIENCE_MS)


def _keep(counted: Counted, today: date, now: datetime) -> None:
    what = counted.what
    statement = KEEP.format(joins=counted.joins, condition=counted.condition)
    with transaction.atomic():
        DayFigure.objects.filter(what=what).delete()
        # Nobody is a number, too.
        DayFigure.objects.bulk_create(
            [DayFigure(day=today, what=what, owner_id=0, number=0, counted_at=now)],
            ignore_conflicts=True,
        )
        with within_time(None, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(statement, [today, what, now, *counted.values])
