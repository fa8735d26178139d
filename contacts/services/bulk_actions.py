"""An action for many contacts at once, by list or search: one job, batch by batch."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from contacts.services.searches import Search
from contacts.services.walking import TooMany, Walk, newest
from kernel import clock, jobs
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions, run_action
from kernel.changes import SHARED_PASS
from kernel.jobs import Claimed, Refusal, Unfinished, handles
from kernel.models import Job
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem

KIND = "contacts.bulk_action"
BATCH = 1_000
# After so long, other jobs have their turn.
TURN_SECONDS = 10
GONE = gettext_noop("What this would do is no longer possible, or no longer allowed.")


def start(
    action: ContactAction,
    whom: list[int] | Search,
    now: datetime,
    *,
    user_id: int,
    only_own: bool = False,
    count: int = 0,
) -> Job:
    """Queue a checked action for contacts, ascending, or for whom a search finds.

    Kept is the search, not whom it finds: at a million that is a list nobody wants to carry.
    `count` is how many it found, as far as that is known; `only_own` narrows beyond the rights
    that the user has when it runs.
    """
    args: dict[str, Any] = {"key": action.key, "config": action.config, "only_own": only_own}
    if isinstance(whom, Search):
        args |= {"search": whom.as_json(), "last": newest(), "count": count}
    else:
        args |= {"contacts": whom}
    job = jobs.enqueue(KIND, {**args, "asked": clock.iso(now)}, now=now, user_id=user_id)
    assert job is not None  # noqa: S101 - only jobs that must be alone can be refused
    return job


def note(
    action: ContactAction, contacts: list[int], outcomes: Outcomes, kept: Any, *, user_id: int
) -> Job:
    """Note beside the jobs what was done to a few at once; `kept` takes it back, None: nothing can.

    `contacts` are those it was done to.
    """
    now = clock.now()
    args = {"key": action.key, "config": action.config, "contacts": contacts, "kept": kept}
    counts = {"skipped": len(outcomes.skipped), "failed": len(outcomes.failed)}
    return Job.objects.create(
        kind=KIND,
        state=Job.State.DONE,
        args={**args, "asked": clock.iso(now)},
        progress={"done": len(contacts), **counts},
        user_id=user_id,
        **dict.fromkeys(("due_at", "created_at", "started_at", "finished_at"), now),
    )


def note_undone(job: Job, back: Collection[int]) -> None:
    """Note that these contacts of what was done at once are what they were."""
    left = sorted({*job.args["contacts"]} - {*back})
    job.progress |= {"undone": len(back), "left": left, "undone_at": clock.iso(clock.now())}
    job.save(update_fields=["progress"])


def total(args: Mapping[str, Any]) -> int:
    """Return how many contacts a job is for, as far as that is known; 0 is unknown."""
    return len(args["contacts"]) if "contacts" in args else int(args.get("count", 0))


def is_large(args: Mapping[str, Any]) -> bool:
    """Say whether its change sets wait behind what people do one by one.

    How many a search finds may be unknown: then it counts as many.
    """
    known = total(args)
    return known > SHARED_PASS or not (known or "contacts" in args)


def reached(progress: Mapping[str, Any]) -> int:
    """Return for how many contacts it was done, or found not to be done."""
    counts = (progress.get(name, 0) for name in ("done", "skipped", "failed"))
    # Jobs of other kinds keep other things under these names, such as the steps they took.
    return sum(count for count in counts if isinstance(count, int))


@handles(KIND)
def work(job: Claimed) -> None:
    """Run the action for whoever is left, each batch in its own transaction."""
    walk = Walk.of(job.args, job.user_id)
    try:
        _walk(job, walk, _action(job, walk.user))
    except TooMany as slow:
        # Kept, so that fewer at a time are tried even where this process ends now.
        job.keep(size=slow.fewer)
        raise Unfinished from slow


def _walk(job: Claimed, walk: Walk, action: ContactAction) -> None:
    end, progress = time.monotonic() + TURN_SECONDS, job.progress
    for found, up_to in walk.slices(progress.get("after", 0), progress.get("size", 0)):
        parts = [found[begin : begin + BATCH] for begin in range(0, len(found), BATCH)] or [[]]
        for part in parts:
            _batch(job, action, part, up_to if part is parts[-1] else part[-1])
            if time.monotonic() > end:
                raise Unfinished


def _action(job: Claimed, user: Any) -> ContactAction:
    """Make the action, if its author may still have it done."""
    kind = contact_actions.get(job.args["key"])
    if kind is None:
        raise Refusal(GONE)
    action = kind(job.args["config"])
    try:
        action.check_reach(user, action.needs)
    except ConfigProblem as problem:
        raise Refusal(GONE) from problem
    return action


def _batch(job: Claimed, action: ContactAction, contacts: list[int], after: int) -> None:
    """Act on some, and note in the same transaction up to where that was."""
    now = clock.now()
    with transaction.atomic():
        causes = [f"bulk:{job.id}:{action.key}"] * len(contacts)
        batch = Batch(contacts, causes, bulk=is_large(job.args))
        outcomes = run_action(action, batch, now)
        for queue in outcomes.wake:
            hint_on_commit(queue)
        job.keep(after=after, **_counts(job, contacts, outcomes))


def _counts(job: Claimed, contacts: Iterable[int], outcomes: Outcomes) -> dict[str, int]:
    counts = Counter({name: job.progress.get(name, 0) for name in ("done", "skipped", "failed")})
    counts["skipped"] += len(outcomes.skipped)
    counts["failed"] += len(outcomes.failed)
    undone = {*outcomes.skipped, *outcomes.failed, *outcomes.repeated}
    counts["done"] += len(set(contacts) - undone)
    return dict(counts)
