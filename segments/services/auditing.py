"""The regular rebuild: it compares everybody with the filters, and has whoever differs evaluated.

It never writes what it computed: it names candidates, who are evaluated like any change, under
their lane's lock. It counts the rows it had to correct; what waits for the dispatcher at that
very moment, or was moved by time alone, is none of them.
"""

import logging
from collections.abc import Collection, Iterable, Mapping

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from contacts.models import Import
from kernel import clock
from kernel.filters import When
from kernel.locks import wait_lanes
from kernel.zone import workspace_zone
from segments.models import Segment, fold_counts
from segments.services import building, differences, following, plan
from segments.services.differences import Piece, Slice
from segments.services.evaluation import look
from segments.services.plan import Pack
from segments.services.records import record
from segments.services.turns import Turn

logger = logging.getLogger(__name__)
REBUILD = "segments.rebuild"
# Contacts evaluated under one lane's lock.
EVALUATED = 1_000
# A rebuild that finds more than this in a segment builds it anew.
LARGE = 20_000

PENDING = """
SELECT DISTINCT u.contact FROM change, unnest(contact_ids) u(contact)
WHERE bulk IN (false, true) AND lane = ANY(%(lanes)s) AND contact_ids && %(contacts)s::bigint[]
  AND u.contact = ANY(%(contacts)s::bigint[])"""
CORRECTED = gettext_noop("Members of segments were wrong and are right now. The log names them.")
FOR_EVERYBODY = "SELECT 1 FROM change WHERE bulk AND lane = 0 AND contact_ids = '{}' LIMIT 1"


def rebuild(segments: Iterable[int] | None, turn: Turn) -> dict[int, int]:
    """Compare ready segments with their filters; return how many rows were wrong, by segment."""
    if segments is None and turn.is_second(REBUILD):
        return {}
    building.take_up()
    if "tickets" not in turn.progress:
        rows = Segment.objects.dynamic().filter(state=Segment.State.READY)
        if segments is not None:
            rows = rows.filter(pk__in=list(segments))
        turn.keep(tickets={row.pk: row.build for row in rows}, low=0, done=[], wrong={})
    tickets = {int(number): build for number, build in turn.progress["tickets"].items()}
    for part in differences.slices(len(tickets), turn.progress["low"]):
        for pack in turn.left(plan.only(_ready(tickets))):
            _audit(part, pack, turn)
            turn.did(pack)
        turn.keep(low=part.high, done=[])
    return _finish(tickets, turn)


def _ready(tickets: Mapping[int, int]) -> set[int]:
    rows = Segment.objects.filter(pk__in=tickets, state=Segment.State.READY)
    found = rows.values_list("pk", "build")
    return {number for number, version in found if tickets[number] == version}


def _audit(part: Slice, pack: Pack, turn: Turn) -> None:
    # What time has moved by now is followed first, and so is no difference.
    now = clock.now()
    following.catch_up(pack.segments, now, turn)
    found = differences.find(pack, When(now, workspace_zone()), turn, part)
    building.fail(found.slow, building.TOO_SLOW)
    building.fail(found.broken, building.FAULTY)
    large = {number for number, rows in found.counts.items() if rows > LARGE}
    if large:
        building.request(large)
    left = sorted(pack.segments - large - found.failed())
    for piece in differences.pieces(EVALUATED, found.total):
        with transaction.atomic():
            wait_lanes(piece.lanes)
            wrong = _corrected(piece, left)
            turn.keep(wrong=_added(turn.progress["wrong"], wrong))


def _corrected(piece: Piece, segments: list[int]) -> list[int]:
    """Evaluate whoever differs; return the segments of the rows that were wrong."""
    differing = differences.moves(piece, segments)
    contacts = sorted({contact for _segment, contact, _adds in differing})
    touched = {segment for segment, _contact, _adds in differing}
    now = clock.now()
    moves = look(contacts, touched, now)
    # Who was to enter and now leaves was taken in by the dispatcher meanwhile, and moved by time.
    moved = [pair for pair in moves.entered if (*pair, True) in differing]
    moved += [pair for pair in moves.left if (*pair, False) in differing]
    # Asked after the evaluation: what that saw has its change set still waiting in this lane. And
    # before its moves are recorded, whose change sets are no cause of theirs.
    pending = _pending(piece, contacts) if moved else set()
    record(moves, now, depth=1, bulk=True)
    return [segment for segment, contact in moved if contact not in pending]


def _pending(piece: Piece, contacts: Collection[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(PENDING, {"lanes": list(piece.lanes), "contacts": list(contacts)})
        return {row[0] for row in cursor.fetchall()}


def _added(before: Mapping[str, int], wrong: Iterable[int]) -> dict[str, int]:
    counts = dict(before)
    for segment in wrong:
        counts[str(segment)] = counts.get(str(segment), 0) + 1
    return counts


def _finish(tickets: Mapping[int, int], turn: Turn) -> dict[int, int]:
    wrong = {} if _unsettled() else turn.progress["wrong"]
    corrected: dict[int, int] = {}
    for number in sorted(tickets):
        rows = wrong.get(str(number), 0)
        mine = Segment.objects.filter(pk=number, build=tickets[number], state=Segment.State.READY)
        if mine.update(built_at=clock.now(), corrected=rows):
            corrected[number] = rows
            if rows:
                logger.error("The rebuild of segment %s corrected %s members", number, rows)
    fold_counts()
    return corrected


def _unsettled() -> bool:
    """Say whether something that concerns everybody is on its way, such as a large import.

    Its single rows say less than what changed; one shared pass follows at its end.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOR_EVERYBODY)
        waiting = cursor.fetchone() is not None
    return waiting or Import.objects.filter(state=Import.State.RUNNING).exists()
