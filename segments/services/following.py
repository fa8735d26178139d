"""Follows time: whoever a moving window passed over since the last look is evaluated again."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kernel import clock, filters
from kernel.filters.questions import LIMITS, WORK_MEM
from kernel.locks import LANE_LOCK, LANES, wait_lock
from kernel.retention import Need, windows
from segments.models import Segment, fold_counts
from segments.services import building
from segments.services.evaluation import evaluate
from segments.services.turns import Turn

FOLLOW = "segments.follow"
SCAN_MS = 60_000
MARGIN = timedelta(seconds=30)
# Contacts evaluated under one lane's lock, and how many a segment may have before a build of
# all of it is cheaper.
EVALUATED, LARGE = 1_000, 20_000
# The dispatcher evaluates at the instant its round began, which may lie this far back: whom it
# saw on the old side of an edge is looked at once more.
OVERLAP = timedelta(minutes=2)
Candidates = dict[int, set[int]]


def follow(turn: Turn) -> int:
    """Evaluate everybody whom time has moved; return how many candidates there were."""
    if turn.is_second(FOLLOW):
        return 0
    found = catch_up(None, clock.now(), turn)
    fold_counts()
    return found


def catch_up(segments: Collection[int] | None, now: datetime, turn: Turn) -> int:
    """Bring segments that follow time (all, or some) up to an instant."""
    rows = Segment.objects.dynamic().filter(
        follows_time=True, state=Segment.State.READY, evaluated_until__lt=now
    )
    if segments is not None:
        rows = rows.filter(pk__in=segments)
    total = 0
    group: list[Segment] = []
    candidates: Candidates = {}
    for row in rows.order_by("pk"):
        passed = _passed(row, now, turn)
        if len(passed) > LARGE:
            building.request([row.pk])
            continue
        total += len(passed)
        group.append(row)
        for contact in passed:
            candidates.setdefault(contact, set()).add(row.pk)
        if len(candidates) > LARGE:
            _evaluate(candidates, group, now, turn)
            group, candidates = [], {}
            turn.pause()
    _evaluate(candidates, group, now, turn)
    return total


def _evaluate(candidates: Candidates, group: list[Segment], now: datetime, turn: Turn) -> None:
    """Evaluate the candidates, then note how far their segments have been followed."""
    for lane in range(LANES):
        mine = sorted(contact for contact in candidates if contact % LANES == lane)
        for at in range(0, len(mine), EVALUATED):
            part = mine[at : at + EVALUATED]
            with transaction.atomic():
                wait_lock(LANE_LOCK, lane)
                evaluate(part, set().union(*(candidates[contact] for contact in part)), clock.now())
                turn.keep()
    for row in group:
        Segment.objects.filter(pk=row.pk, build=row.build, state=Segment.State.READY).update(
            evaluated_until=now
        )


def _passed(segment: Segment, now: datetime, turn: Turn) -> list[int]:
    """Return the contacts that an edge of the filter passed over; mostly a range of an index."""
    since = (segment.evaluated_until or now) - OVERLAP
    found = filters.edges(segment.filter, since, now)
    if found is None:
        return []
    turn.hold(timedelta(milliseconds=SCAN_MS) + MARGIN)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LIMITS, [str(SCAN_MS), WORK_MEM])
        cursor.execute(
            f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}",  # noqa: S608
            found.params,
        )
        contacts = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    return contacts


def needs() -> Iterator[Need]:
    """Tell how far back into the log the filters of segments look."""
    dynamic = Segment.objects.filter(filter__isnull=False)
    for name, tree in dynamic.values_list("name", "filter"):
        words = _("The segment “%(name)s”") % {"name": name}
        for event, length in windows(tree):
            yield Need(event, length, words)
