"""Brings the members of dynamic segments up to date for some contacts, and says who moved."""

import logging
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection, transaction
from psycopg2.errors import QueryCanceled

from kernel.changes import GONE, Changes
from kernel.filters import When
from kernel.filters.questions import LIMITS, WORK_MEM
from kernel.zone import workspace_zone
from segments.models import Segment
from segments.services import plan
from segments.services.merging import take_leftovers
from segments.services.plan import Pack, Plan
from segments.services.records import Moves, record

logger = logging.getLogger(__name__)
# A regular expression may take exponential time: it gets this long for a batch, alone.
RISKY_MS = 2_000
# A new contact, or one made of two, is looked at by every segment: it may lack what others have.
EVERYTHING = frozenset({"event:contacts.created", "event:contacts.merged"})
_prepared: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


@dataclass
class Round:
    """One evaluation: whom, at which instant, and what has changed so far."""

    contacts: Sequence[int]
    when: When
    reads: set[str]
    everything: bool = False
    moves: Moves = field(default_factory=Moves)

    def touches(self, pack: Pack) -> bool:
        """Say whether anything a pack reads has changed."""
        return self.everything or not pack.reads.isdisjoint(self.reads)


def react(changes: Changes, now: datetime) -> None:
    """Evaluate the contacts of a change set; what changed for everybody makes segments stale."""
    contacts = changes.contacts()
    found = plan.current()
    if changes.everyone:
        _mark_stale(found, changes.everyone, changes.wake)
    if not contacts:
        return
    reads = set(changes.reads())
    if GONE in reads:
        take_leftovers(contacts, now)
    around = Round(contacts, When(now, workspace_zone()), reads, bool(EVERYTHING & reads))
    for pack in found.packs():
        if around.touches(pack):
            run(pack, around)
    record(around.moves, now, depth=changes.depth + 1, bulk=changes.bulk)


def evaluate(contacts: Iterable[int], segments: AbstractSet[int], now: datetime) -> Moves:
    """Evaluate some contacts for some segments and their dependants; the caller holds the lane."""
    moves = look(contacts, segments, now)
    record(moves, now, depth=1, bulk=True)
    return moves


def look(contacts: Iterable[int], segments: AbstractSet[int], now: datetime) -> Moves:
    """Bring members up to date; the caller holds the lane and records the moves."""
    around = Round(sorted(set(contacts)), When(now, workspace_zone()), set())
    for pack in plan.current().packs():
        if not pack.segments.isdisjoint(segments) or around.touches(pack):
            run(pack, around)
    return around.moves


def run(pack: Pack, around: Round) -> None:
    """Run one pack for the contacts of a round; a pack that takes too long is put aside."""
    try:
        with transaction.atomic(savepoint=pack.risky), connection.cursor() as cursor:
            if pack.risky:
                cursor.execute(LIMITS, [str(RISKY_MS), WORK_MEM])
            _prepare(pack)
            rows = _execute(pack, around)
            if pack.risky:
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except DatabaseError as error:
        if not (pack.risky and isinstance(error.__cause__, QueryCanceled)):
            raise
        _put_aside(pack)
        return
    for segment, contact, entered in rows:
        around.moves.add(segment, contact, entered=entered)
        around.reads.add(f"segment:{segment}")
    _remember(pack, around)


def _prepare(pack: Pack) -> None:
    """Prepare the statement once a connection: planning it costs more than running it."""
    connection.ensure_connection()
    known = _prepared.setdefault(connection.connection, set())
    if pack.name in known:
        return
    types = "".join(f", {moment.cast}" for moment in pack.moments)
    with connection.cursor() as cursor:
        stale = known - {other.name for other in plan.current().packs()}
        for name in stale:
            known.discard(name)
            cursor.execute(f"DEALLOCATE {name}")
        cursor.execute(f"PREPARE {pack.name} (bigint[], timestamptz{types}) AS {pack.statement}")
    known.add(pack.name)


def _execute(pack: Pack, around: Round) -> list[tuple[int, int, bool]]:
    places = "".join(f", %s::{moment.cast}" for moment in pack.moments)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL plan_cache_mode = force_generic_plan;"
            f" EXECUTE {pack.name} (%s::bigint[], %s::timestamptz{places})",
            [
                list(around.contacts),
                around.when.now,
                *(moment.at(around.when) for moment in pack.moments),
            ],
        )
        return list(cursor.fetchall())


def _remember(pack: Pack, around: Round) -> None:
    """Tell the build of a segment whom it must not decide about any more."""
    building = [part.segment for part in pack.parts if part.building]
    if building:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO segment_evaluated (segment_id, contact_id)"
                " SELECT s, c FROM unnest(%s::int[]) s, unnest(%s::bigint[]) c",
                [building, list(around.contacts)],
            )


def _put_aside(pack: Pack) -> None:
    from segments.services.building import TOO_SLOW

    logger.error("Segments %s took too long and are put aside", sorted(pack.segments))
    Segment.objects.filter(pk__in=pack.segments).update(state=Segment.State.FAILED, error=TOO_SLOW)


def _mark_stale(found: Plan, reads: frozenset[str], wake: set[str]) -> None:
    from segments.services.building import request

    everything = bool(EVERYTHING & reads)
    stale = [
        number
        for number, part in found.parts().items()
        if everything or not part.reads.isdisjoint(reads)
    ]
    if stale:
        request(stale)
        wake.add("kernel.jobs")
