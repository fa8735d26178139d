"""Forgetting many people: one job over a search or a list, some at a time."""

import time
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from contacts.services.erase import drop
from contacts.services.searches import Search
from contacts.services.walking import TooMany, Walk, newest
from kernel import clock, jobs
from kernel.jobs import Claimed, Unfinished, handles
from kernel.locks import by_lane
from kernel.models import Job

KIND = "contacts.bulk_delete"
# Of one lane, for while they go nobody reacts to what happens there.
AT_ONCE = 200
TURN_SECONDS = 10


def start(search: Search, now: datetime, *, user_id: int, count: int) -> Job:
    """Queue it for whom a search finds; `count` is how many that is, as far as known."""
    args = {"search": search.as_json(), "last": newest(), "count": count, "asked": clock.iso(now)}
    job = jobs.enqueue(KIND, args, now=now, user_id=user_id)
    assert job is not None  # noqa: S101 - only jobs that must be alone can be refused
    return job


# What was searched for names people, who are gone by then.
@handles(KIND, forget=("search",))
def work(job: Claimed) -> None:
    """Erase whoever is left, a few in each transaction."""
    walk = Walk.of(job.args, job.user_id, "delete")
    try:
        _walk(job, walk)
    except TooMany as slow:
        job.keep(size=slow.fewer)
        raise Unfinished from slow


def _walk(job: Claimed, walk: Walk) -> None:
    end, progress = time.monotonic() + TURN_SECONDS, job.progress
    for found, up_to in walk.slices(progress.get("after", 0), progress.get("size", 0)):
        for part in _parts(found):
            with transaction.atomic():
                gone = len(drop(part, clock.now()))
                job.keep(done=job.progress.get("done", 0) + gone)
            if time.monotonic() > end:
                raise Unfinished
        # Whoever goes on in the middle of a slice finds those that are left of it.
        job.keep(after=up_to)


def _parts(found: list[int]) -> Iterator[list[int]]:
    for lane in by_lane(found):
        for at in range(0, len(lane), AT_ONCE):
            yield lane[at : at + AT_ONCE]
