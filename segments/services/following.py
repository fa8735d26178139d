"""Follows time: whoever a moving window passed over since the last look is evaluated again."""

from datetime import datetime

from django.db import connection, transaction

from kernel import filters
from kernel.filters.questions import LIMITS, WORK_MEM
from kernel.locks import LANE_LOCK, LANES, wait_lock
from segments.models import Segment, fold_counts
from segments.services.building import EVALUATED, Alive
from segments.services.evaluation import evaluate

SCAN_MS = 60_000


def follow(now: datetime, alive: Alive) -> int:
    """Evaluate everybody whom time has moved; return how many candidates there were."""
    rows = Segment.objects.dynamic().filter(
        follows_time=True, state=Segment.State.READY, evaluated_until__lt=now
    )
    candidates: dict[int, set[int]] = {}
    followed = list(rows)
    for row in followed:
        for contact in _passed(row, now):
            candidates.setdefault(contact, set()).add(row.pk)
        alive()
    for lane in range(LANES):
        mine = sorted(contact for contact in candidates if contact % LANES == lane)
        for at in range(0, len(mine), EVALUATED):
            part = mine[at : at + EVALUATED]
            with transaction.atomic():
                wait_lock(LANE_LOCK, lane)
                evaluate(part, set().union(*(candidates[contact] for contact in part)), now)
                alive()
    for row in followed:
        Segment.objects.filter(pk=row.pk, build=row.build, state=Segment.State.READY).update(
            evaluated_until=now
        )
    fold_counts()
    return len(candidates)


def _passed(segment: Segment, now: datetime) -> list[int]:
    """Return the contacts that an edge of the filter passed over; mostly a range of an index."""
    found = filters.edges(segment.filter, segment.evaluated_until or now, now)
    if found is None:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LIMITS, [str(SCAN_MS), WORK_MEM])
        cursor.execute(
            f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}",  # noqa: S608
            found.params,
        )
        contacts = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    return contacts
