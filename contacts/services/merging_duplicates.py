"""The job that merges duplicates, group by group, or only counts them."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.translation import gettext_noop

from contacts.services import duplicates
from contacts.services.merge import Gone, Wish, merge_all
from kernel import clock, jobs
from kernel.filters.questions import within_time
from kernel.jobs import Claimed, Refusal, Unfinished
from kernel.models import Job
from kernel.permissions import Reach

KIND = "contacts.merge_duplicates"
KEEPS = ("oldest", "newest", "most_active")
SLICE = 5_000
# All contacts are grouped anew in each turn: then it merges for at least `SHARE` times as long.
TURN_SECONDS, SHARE = 10, 2
# Nobody waits for an answer, but the lease must outlast the statement.
PATIENCE_MS = 60_000
HOLD = timedelta(seconds=75)
NOBODY = gettext_noop("Whoever asked for this may no longer merge contacts.")
GONE = gettext_noop("Duplicates are not looked for by this any more.")
SLOW = gettext_noop("There are too many contacts to look for duplicates by this.")
ACTIVE_FIRST = """
SELECT contact_id FROM contact_state WHERE contact_id = ANY(%s)
ORDER BY last_active_at DESC NULLS LAST, contact_id"""


def start(by: str, keep: str, *, dry: bool, user_id: int) -> Job:
    """Queue it; `dry` only counts."""
    now = clock.now()
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
    for group in found:
        for part in duplicates.still(by, user, group):
            _merge(job, part, end)
        job.keep(after=group.place)
        _rest(end)
    _count(job, job.progress.get("winner"), 0)
    if len(found) == SLICE:
        raise Unfinished


def _found(job: Claimed, by: str, user: Any) -> list[duplicates.Group]:
    """Return the next groups; a job that takes too long to find them ends with words."""
    job.hold(HOLD)
    with within_time(lambda: Refusal(SLOW), PATIENCE_MS):
        return duplicates.whole(by, user, job.progress.get("after", ""), SLICE)


def _rest(end: float) -> None:
    if time.monotonic() > end:
        raise Unfinished


def _merge(job: Claimed, group: duplicates.Group, end: float) -> None:
    """Merge a group into who stays, but for those told apart from any who became part of them."""
    winner, *others = _ordered(group.contacts, job.args["keep"])
    apart = duplicates.told_apart(group.contacts)
    away, dry, counted = set(apart[winner]), job.args["dry"], 0
    for loser in others:
        if loser in away or not (dry or _became(job, winner, loser)):
            continue
        away |= apart[loser]
        if dry:
            counted += 1
        else:
            _count(job, winner, 1)
            _rest(end)
    if counted:
        _count(job, winner, counted)


def _became(job: Claimed, winner: int, loser: int) -> bool:
    try:
        merge_all(winner, [loser], clock.now(), Wish(job.user_id, f"job:{job.id}"))
    except Gone:
        return False
    return True


def _count(job: Claimed, winner: int | None, contacts: int) -> None:
    """Keep how many are gone; a group that takes several turns counts once."""
    groups = job.progress.get("groups", 0) + (job.progress.get("winner") != winner)
    sums = {"groups": groups, "contacts": job.progress.get("contacts", 0) + contacts}
    job.keep(winner=winner, **sums)


def _ordered(contacts: Sequence[int], keep: str) -> list[int]:
    """Return a group, whoever stays first."""
    if keep != "most_active":
        return sorted(contacts, reverse=keep == "newest")
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_FIRST, [list(contacts)])
        return [row[0] for row in cursor.fetchall()]
