"""The job that merges duplicates, many groups at a time, or only counts them."""

import logging
import time
from collections.abc import Mapping, Sequence, Set
from datetime import timedelta
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contacts.models import Merge
from contacts.services import duplicates
from contacts.services.duplicates import Group
from contacts.services.merge import Wish, hold, merge_held
from kernel import clock, jobs
from kernel.bulk import array
from kernel.filters.questions import within_time
from kernel.jobs import Claimed, LeaseLost, Refusal, Unfinished
from kernel.locks import DUPLICATES_LOCK, again, by_lanes, wait_lock
from kernel.models import Job
from kernel.permissions import Reach

logger = logging.getLogger(__name__)
KIND = "contacts.merge_duplicates"
KEEPS = ("oldest", "newest", "most_active")
SLICE = 5_000
# Of few lanes, for while they are held nobody reacts to what happens there.
AT_ONCE = 100
# All contacts are grouped anew in each turn: then it merges for at least `SHARE` times as long.
TURN_SECONDS, SHARE = 10, 2
# Nobody waits for an answer, but the lease must outlast the statement.
PATIENCE_MS = 60_000
HOLD = timedelta(seconds=75)
NOBODY = gettext_noop("Whoever asked for this may no longer merge contacts.")
GONE = gettext_noop("Duplicates are not looked for by this any more.")
SLOW = gettext_noop("There are too many contacts to look for duplicates by this.")
# What says nothing about the pairs at hand.
UNRELATED = (OperationalError, InterfaceError, LeaseLost, SoftTimeLimitExceeded)
MOST_ASIDE = 200
ACTIVE_FIRST = """
SELECT contact_id FROM contact_state WHERE contact_id = ANY(%s::bigint[])
ORDER BY last_active_at DESC NULLS LAST, contact_id"""

# Who stays of a group, and who is to become part of them, in order.
Queue = tuple[Group, list[int]]


class UnderWay(Exception):  # noqa: N818 - an answer to a person
    """Others are merging already: two jobs could each keep the one the other gives up."""

    def __str__(self) -> str:
        return _("Duplicates are being merged already: wait until that is over.")


def start(by: str, keep: str, *, dry: bool, user_id: int) -> Job:
    """Queue it; `dry` only counts. `UnderWay` while another one merges."""
    now = clock.now()
    if not dry:
        wait_lock(DUPLICATES_LOCK, 1)
        still = Job.objects.filter(kind=KIND, args__dry=False)
        if still.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists():
            raise UnderWay
    job = jobs.enqueue(KIND, {"by": by, "keep": keep, "dry": dry}, now=now, user_id=user_id)
    assert job is not None  # noqa: S101 - only jobs that must be alone can be refused
    return job


@jobs.handles(KIND)
def work(job: Claimed) -> None:
    """Go on with the groups that are left, with the rights their author has by now."""
    user: Any = get_user_model().objects.filter(pk=job.user_id or 0, is_active=True).first()
    if user is None or duplicates.reach(user) is Reach.NONE:
        raise Refusal(NOBODY)
    by = job.args["by"]
    if by not in duplicates.ways():
        raise Refusal(GONE)
    begun = time.monotonic()
    found = _found(job, by, user)
    now = time.monotonic()
    end = now + max(TURN_SECONDS, SHARE * (now - begun))
    queues = _queues(duplicates.still(by, user, found), job.args["keep"])
    sums: dict[str, int] = {}
    if job.args["dry"]:
        sums = _sums(job.progress, len(queues), sum(len(losers) for _group, losers in queues))
    else:
        _merge(job, by, user, queues, end)
    if found:
        job.keep(after=found[-1].place, **sums)
    if len(found) == SLICE:
        raise Unfinished


def _found(job: Claimed, by: str, user: Any) -> list[duplicates.Group]:
    """Return the next groups; a job that takes too long to find them ends with words."""
    job.hold(HOLD)
    with within_time(lambda: Refusal(SLOW), PATIENCE_MS):
        return duplicates.whole(by, user, job.progress.get("after", ""), SLICE)


def _queues(groups: Sequence[Group], keep: str) -> list[Queue]:
    """Return who stays of each group and who goes, in order: nobody told apart from any of them."""
    contacts = [contact for group in groups for contact in group.contacts]
    order, apart = _order(contacts, keep), duplicates.told_apart(contacts)
    queues = []
    for group in groups:
        winner, *others = sorted(group.contacts, key=order.__getitem__)
        away, losers = set(apart[winner]), list[int]()
        for loser in others:
            if loser not in away:
                losers.append(loser)
                away |= apart[loser]
        if losers:
            queues.append((Group(group.place, [winner]), losers))
    return queues


def _order(contacts: Sequence[int], keep: str) -> dict[int, int]:
    """Return each contact's place among these, whoever stays first."""
    if keep == "most_active":
        with connection.cursor() as cursor:
            cursor.execute(ACTIVE_FIRST, [array(contacts)])
            ordered = [row[0] for row in cursor.fetchall()]
    else:
        ordered = sorted(contacts, reverse=keep == "newest")
    return {contact: place for place, contact in enumerate(ordered)}


def _merge(job: Claimed, by: str, user: Any, queues: Sequence[Queue], end: float) -> None:
    """Merge the first of every queue, then the second of those that have one, and so on."""
    winners = [group.contacts[0] for group, _losers in queues]
    mine = Merge.objects.filter(winner_id__in=winners, reason=_reason(job))
    # A group that takes several turns counts once.
    counted = set(mine.values_list("winner_id", flat=True))
    places = {group.contacts[0]: group.place for group, _losers in queues}
    for step in range(max((len(losers) for _group, losers in queues), default=0)):
        pairs = [
            (group.contacts[0], losers[step]) for group, losers in queues if step < len(losers)
        ]
        for part in by_lanes(pairs, AT_ONCE):
            put_aside = {(each["winner"], each["loser"]) for each in job.progress.get("aside", ())}
            alike = [Group(places[pair[0]], [*pair]) for pair in part if pair not in put_aside]
            if not alike:
                continue
            counted |= {winner for winner, _loser in _tried(job, by, user, alike, counted)}
            if time.monotonic() > end:
                raise Unfinished


def _tried(
    job: Claimed, by: str, user: Any, alike: Sequence[Group], counted: Set[int]
) -> list[tuple[int, int]]:
    """Merge pairs; one that cannot be merged is put aside, so that the others are."""
    before = dict(job.progress)
    try:
        return again(partial(_united, job, by, user, alike, counted, before))
    except UNRELATED:
        raise
    except Exception as error:  # noqa: BLE001 - whatever hinders one pair is noted with it
        # What was kept was rolled back with the rest.
        job.progress = before
        if len(alike) == 1:
            _put_aside(job, alike[0], error)
            return []
    half = len(alike) // 2
    merged = _tried(job, by, user, alike[:half], counted)
    return merged + _tried(job, by, user, alike[half:], counted)


def _put_aside(job: Claimed, pair: Group, error: Exception) -> None:
    """Note a pair and why it stays as it is; so many of them are no accident."""
    aside = job.progress.get("aside", [])
    if len(aside) >= MOST_ASIDE:
        raise error
    winner, loser = pair.contacts
    logger.error("Job %s cannot merge contact %s into %s", job.id, loser, winner, exc_info=error)
    # The words of an error may hold values of people: the log keeps them for less long.
    kept = {"winner": winner, "loser": loser, "reason": type(error).__name__}
    job.keep(aside=[*aside, kept], failed=len(aside) + 1)


@transaction.atomic
def _united(
    job: Claimed,
    by: str,
    user: Any,
    alike: Sequence[Group],
    counted: Set[int],
    before: Mapping[str, Any],
) -> list[tuple[int, int]]:
    """Merge pairs that still are alike once nobody can change them; return these."""
    held = set(hold([(group.contacts[0], group.contacts[1]) for group in alike]))
    same = {frozenset(group.contacts) for group in duplicates.still(by, user, alike)}
    apart = duplicates.told_apart(winner for winner, _loser in held)
    pairs = [
        (winner, loser)
        for winner, loser in sorted(held)
        if frozenset((winner, loser)) in same and loser not in apart[winner]
    ]
    if pairs:
        merge_held(pairs, clock.now(), Wish(job.user_id, _reason(job)))
        groups = {winner for winner, _loser in pairs} - counted
        job.keep(**_sums(before, len(groups), len(pairs)))
    return pairs


def _reason(job: Claimed) -> str:
    return f"job:{job.id}"


def _sums(before: Mapping[str, Any], groups: int, contacts: int) -> dict[str, int]:
    """Return how many groups there were so far, and how many of their contacts are gone."""
    return {
        "groups": before.get("groups", 0) + groups,
        "contacts": before.get("contacts", 0) + contacts,
    }
