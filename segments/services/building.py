"""First builds, builds after an edit, and the regular rebuild that audits everything.

A rebuild never writes what it computed: it names candidates, who are evaluated like any change,
under their lane's lock. A build of a new or edited filter writes what it computed, but leaves
alone whoever was evaluated meanwhile; the segment's state tells the evaluation to note them.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from kernel import jobs
from kernel.filters import When
from kernel.locks import LANE_LOCK, LANES, SEGMENT_LOCK, wait_lock
from kernel.partitions import ensure_partitions
from kernel.zone import workspace_zone
from segments.models import Evaluated, Segment, fold_counts
from segments.services import differences, plan
from segments.services.applying import apply
from segments.services.evaluation import evaluate

logger = logging.getLogger(__name__)
Alive = Callable[[], None]
# Rows written, and contacts evaluated, under one lane's lock.
WRITTEN, EVALUATED = 10_000, 1_000
# A rebuild that finds more than this in a segment builds it anew.
LARGE = 20_000
BUILD, REBUILD = "segments.build", "segments.rebuild"
TOO_SLOW = gettext_noop("The regular expression takes too long.")
UNREADABLE = gettext_noop("The filter names something that is gone.")
# One builder at a time: another one's notes of who was evaluated would be wiped.
BUILDER = 1


def request(segments: Iterable[int], now: datetime) -> None:
    """Have segments built as soon as a worker is free; the caller wakes the queue of jobs."""
    Segment.objects.dynamic().filter(pk__in=list(segments)).update(
        state=Segment.State.BUILDING, build=F("build") + 1, error="", evaluated_until=None
    )
    jobs.enqueue(BUILD, {}, now=now, alone=True)


def build(now: datetime, alive: Alive) -> None:
    """Build every segment that waits for it, until none does."""
    with _alone() as is_mine:
        if not is_mine:
            jobs.enqueue(BUILD, {}, now=now + timedelta(seconds=2), alone=True)
            return
        while waiting := list(Segment.objects.filter(state=Segment.State.BUILDING)):
            _build(waiting, now, alive)


def _build(waiting: Sequence[Segment], now: datetime, alive: Alive) -> None:
    tickets = {row.pk: row.build for row in waiting}
    Evaluated.objects.filter(segment_id__in=tickets).delete()
    _let_evaluations_end(alive)
    packs = plan.only(tickets)
    _fail(set(tickets) - {part for pack in packs for part in pack.segments}, UNREADABLE)
    when = When(now, workspace_zone())
    slow = differences.find(packs, when, alive)
    _fail(slow, TOO_SLOW)
    ensure_partitions({now})
    for piece in differences.pieces(WRITTEN):
        with transaction.atomic():
            wait_lock(LANE_LOCK, piece.lane)
            apply(piece, _still(tickets), now)
            alive()
    with transaction.atomic():
        for number, version in tickets.items():
            Segment.objects.filter(pk=number, build=version, state=Segment.State.BUILDING).update(
                state=Segment.State.READY, built_at=now, evaluated_until=now, corrected=0, error=""
            )
        Evaluated.objects.filter(segment_id__in=tickets).delete()
    fold_counts()


def rebuild(segments: Iterable[int] | None, now: datetime, alive: Alive) -> dict[int, int]:
    """Compare ready segments with their filters and have whoever differs evaluated.

    Returns how many rows had to be corrected, by segment.
    """
    with _alone() as is_mine:
        if not is_mine:
            return {}
        rows = Segment.objects.dynamic().filter(state=Segment.State.READY)
        if segments is not None:
            rows = rows.filter(pk__in=list(segments))
        return _rebuild({row.pk: row.build for row in rows}, now, alive)


def _rebuild(tickets: dict[int, int], now: datetime, alive: Alive) -> dict[int, int]:
    slow = differences.find(plan.only(tickets), When(now, workspace_zone()), alive)
    _fail(slow, TOO_SLOW)
    large = {number for number, rows in differences.counts().items() if rows > LARGE}
    if large:
        request(large, now)
    corrected = dict.fromkeys(sorted(set(tickets) - large - slow), 0)
    for piece in differences.pieces(EVALUATED):
        with transaction.atomic():
            wait_lock(LANE_LOCK, piece.lane)
            contacts, touched = differences.whom(piece, list(corrected))
            moves = evaluate(contacts, set(touched), now)
            for segment, _contact in (*moves.entered, *moves.left):
                if segment in corrected:
                    corrected[segment] += 1
            alive()
    _finish(tickets, corrected, now)
    fold_counts()
    return corrected


def _finish(tickets: dict[int, int], corrected: dict[int, int], now: datetime) -> None:
    for number, rows in corrected.items():
        if rows:
            logger.error("The rebuild of segment %s corrected %s members", number, rows)
        Segment.objects.filter(pk=number, build=tickets[number], state=Segment.State.READY).update(
            built_at=now, corrected=rows
        )


def _let_evaluations_end(alive: Alive) -> None:
    """Wait for evaluations that began before the new filter was committed."""
    for lane in range(LANES):
        with transaction.atomic():
            wait_lock(LANE_LOCK, lane)
            alive()


def _still(tickets: dict[int, int]) -> list[int]:
    """Return which of these nobody has edited or deleted since: the others are superseded."""
    rows = Segment.objects.filter(pk__in=tickets, state=Segment.State.BUILDING)
    return [
        number for number, version in rows.values_list("pk", "build") if tickets[number] == version
    ]


def _fail(segments: Iterable[int], error: str) -> None:
    if failed := list(segments):
        Segment.objects.filter(pk__in=failed).update(state=Segment.State.FAILED, error=error)


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SEGMENT_LOCK, BUILDER])
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SEGMENT_LOCK, BUILDER])
