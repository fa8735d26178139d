"""First builds, and builds after an edit or a change that concerns everybody.

A build writes what it computed, slice by slice, but leaves alone whoever was evaluated meanwhile:
the segment's state tells the evaluation to note them. Each claim raises the segment's `build`, so
that whoever was superseded, by an edit or by another builder, writes nothing more.
"""

from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from kernel import clock, jobs
from kernel.bulk import commit_lazily
from kernel.filters import When
from kernel.locks import pass_lanes, wait_lanes
from kernel.partitions import ensure_partitions
from kernel.zone import workspace_zone
from segments.models import Evaluated, Segment, fold_counts
from segments.services import differences, plan
from segments.services.applying import apply
from segments.services.differences import Slice
from segments.services.plan import Pack
from segments.services.turns import Turn

# Rows written under one lane's lock.
WRITTEN = 10_000
BUILD = "segments.build"
TOO_SLOW = gettext_noop("The regular expression takes too long.")
UNREADABLE = gettext_noop("The filter names something that is gone.")
FAULTY = gettext_noop("The filter cannot be compared with a value that a contact has.")
Tickets = Mapping[int, int]

REQUEST = """
WITH mine AS (SELECT id FROM segment WHERE id = ANY(%s) AND filter IS NOT NULL
              ORDER BY id FOR NO KEY UPDATE)
UPDATE segment SET state = 'building', build = build + 1, builder = NULL, error = '',
  evaluated_until = NULL FROM mine WHERE segment.id = mine.id"""
# Those nobody builds: not begun, or their builder's job has ended without them.
WAITING = """
state = 'building' AND (builder IS NULL OR NOT EXISTS (
  SELECT 1 FROM job WHERE job.id = builder AND job.state IN ('queued', 'running')))"""
CLAIM = f"""
UPDATE segment SET builder = %s, build = build + 1, evaluated_until = %s
WHERE {WAITING} RETURNING id, build"""  # noqa: S608 - a constant


def request(segments: Iterable[int]) -> None:
    """Have segments built as soon as a worker is free; the caller wakes the queue of jobs."""
    with connection.cursor() as cursor:
        cursor.execute(REQUEST, [list(segments)])
    jobs.enqueue(BUILD, {}, now=clock.now(), alone=True)


def take_up() -> None:
    """Queue a build for what an interrupted one left behind."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM segment WHERE {WAITING} LIMIT 1")  # noqa: S608 - a constant
        waiting = cursor.fetchone()
    if waiting:
        jobs.enqueue(BUILD, {}, now=clock.now(), alone=True)


def build(turn: Turn) -> None:
    """Build every segment that waits for it, until none does, or the turn is over."""
    while tickets := _tickets(turn):
        if turn.progress.get("fresh"):
            _open(tickets, turn)
        for part in differences.slices(len(tickets), turn.progress["low"]):
            for pack in turn.left(plan.only(_still(tickets))):
                _build(part, pack, tickets, turn)
                turn.did(pack)
            turn.keep(low=part.high, done=[])
        _finish(tickets, turn)
        turn.pause()


def _tickets(turn: Turn) -> dict[int, int]:
    """Return the builds this job is at, or claim those that wait."""
    if known := turn.progress.get("tickets"):
        return {int(number): build for number, build in known.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [turn.job, clock.now()])
        tickets = dict(cursor.fetchall())
        turn.keep(tickets=tickets, fresh=True, low=0, done=[])
    return tickets


def _open(tickets: Tickets, turn: Turn) -> None:
    """Begin the builds just claimed, once nobody decides by the filters of before any more."""
    # Evaluations that began before the new filter was committed end before the first scan; what
    # they noted was decided by the old one.
    pass_lanes()
    Evaluated.objects.filter(segment_id__in=tickets).delete()
    readable = {part for pack in plan.only(tickets) for part in pack.segments}
    fail(set(tickets) - readable, UNREADABLE)
    turn.keep(fresh=False)


def _build(part: Slice, pack: Pack, tickets: Tickets, turn: Turn) -> None:
    """Compare a slice of all contacts for a pack, and write what differs."""
    now = clock.now()
    ensure_partitions({now})
    found = differences.find(pack, When(now, workspace_zone()), turn, part)
    fail(found.slow, TOO_SLOW)
    fail(found.broken, FAULTY)
    directions = differences.directions() if found.total else set()
    for piece in differences.pieces(WRITTEN, found.total):
        with transaction.atomic():
            commit_lazily()
            wait_lanes(piece.lanes)
            apply(piece, _still(tickets), directions, now)
            turn.keep()


def _still(tickets: Tickets) -> list[int]:
    """Return which of these nobody has edited, put aside or deleted since they were claimed."""
    rows = Segment.objects.filter(pk__in=tickets, state=Segment.State.BUILDING)
    return [
        number for number, version in rows.values_list("pk", "build") if tickets[number] == version
    ]


def _finish(tickets: Tickets, turn: Turn) -> None:
    """Call them ready; the notes of those that were superseded belong to the next build."""
    with transaction.atomic():
        ended = [
            number
            for number, version in tickets.items()
            if Segment.objects.filter(
                pk=number, build=version, state=Segment.State.BUILDING
            ).update(state=Segment.State.READY, built_at=clock.now(), builder=None, error="")
        ]
        Evaluated.objects.filter(segment_id__in=ended).delete()
        turn.keep(tickets={}, low=0, done=[])
    fold_counts()


def fail(segments: Iterable[int], error: str) -> None:
    """Put segments aside that cannot be evaluated, until someone edits or rebuilds them."""
    if failed := list(segments):
        Segment.objects.filter(pk__in=failed).update(
            state=Segment.State.FAILED, error=error, builder=None
        )
