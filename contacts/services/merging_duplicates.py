"""The job that merges duplicates, group by group, or only counts them."""

import time
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.translation import gettext_noop

from contacts.services import duplicates
from contacts.services.merge import Gone, Wish, merge_all
from kernel import clock, jobs
from kernel.jobs import Claimed, Refusal, Unfinished
from kernel.models import Job
from kernel.permissions import Reach

KIND = "contacts.merge_duplicates"
KEEPS = ("oldest", "newest", "most_active")
TURN_SECONDS = 10
SLICE, COUNTED = 20, 500
NOBODY = gettext_noop("Whoever asked for this may no longer merge contacts.")
GONE = gettext_noop("Duplicates are not looked for by this any more.")
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
    if user is None or Reach.NONE in {user.reach("contacts", v) for v in ("edit", "delete")}:
        raise Refusal(NOBODY)
    by = job.args["by"]
    if by not in duplicates.ways():
        raise Refusal(GONE)
    end = time.monotonic() + TURN_SECONDS
    after: str | None = job.progress.get("after", "")
    while after is not None:
        found, after = duplicates.groups(by, user, after, COUNTED if job.args["dry"] else SLICE)
        numbers = [_merge(job, group) for group in found]
        counts = {"groups": sum(n > 0 for n in numbers), "contacts": sum(numbers)}
        sums = {name: job.progress.get(name, 0) + n for name, n in counts.items()}
        job.keep(after=after or job.progress.get("after", ""), **sums)
        if after is not None and time.monotonic() > end:
            raise Unfinished


def _merge(job: Claimed, group: duplicates.Group) -> int:
    """Merge a group, but for those told apart from who stays; return how many are gone by it."""
    order = _ordered(group.contacts, job.args["keep"])
    apart, winner, merged = duplicates.told_apart(order), order[0], 0
    for loser in order[1:]:
        if (min(winner, loser), max(winner, loser)) in apart:
            continue
        if not job.args["dry"]:
            try:
                merge_all(winner, [loser], clock.now(), Wish(job.user_id, f"job:{job.id}"))
            except Gone:
                continue
            job.keep()
        merged += 1
    return merged


def _ordered(contacts: Sequence[int], keep: str) -> list[int]:
    """Return a group, whoever stays first."""
    if keep != "most_active":
        return sorted(contacts, reverse=keep == "newest")
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_FIRST, [list(contacts)])
        return [row[0] for row in cursor.fetchall()]
