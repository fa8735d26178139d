"""An action for many contacts at once, by list or filter: a job, batch by batch."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kernel import clock, filters, jobs
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions, run_action
from kernel.jobs import Claimed, Unfinished, handles
from kernel.models import Job
from kernel.queues import hint_on_commit

KIND = "contacts.bulk_action"
BATCH = 1_000
# After so long, other jobs have their turn.
TURN_SECONDS = 10

CHOSEN = """
SELECT c.id FROM contact c {joins}
WHERE c.id > %s AND ({sql}) AND ({seen}) ORDER BY c.id LIMIT %s"""


def start(
    action: ContactAction,
    whom: dict[str, Any],
    now: datetime,
    *,
    user_id: int,
    only_own: bool,
) -> Job:
    """Queue a checked action for `{"contacts": [ids]}` or `{"filter": tree}`."""
    args = {"key": action.key, "config": action.config, "only_own": only_own, **whom}
    job = jobs.enqueue(KIND, args, now=now, user_id=user_id)
    assert job is not None  # noqa: S101 - only jobs that must be alone can be refused
    return job


@handles(KIND)
def work(job: Claimed) -> None:
    """Run the action for whoever is left, each batch in its own transaction."""
    kind = contact_actions.get(job.args["key"])
    if kind is None:
        raise LookupError(f"Nothing does {job.args['key']} any more.")
    action, end = kind(job.args["config"]), time.monotonic() + TURN_SECONDS
    while _batch(job, action):
        if time.monotonic() > end:
            raise Unfinished


def _batch(job: Claimed, action: ContactAction) -> bool:
    now = clock.now()
    with transaction.atomic():
        contacts = _next(job, now)
        if not contacts:
            return False
        causes = [f"bulk:{job.id}:{action.key}"] * len(contacts)
        outcomes = run_action(action, Batch(contacts, causes), now)
        for queue in outcomes.wake:
            hint_on_commit(queue)
        job.keep(after=contacts[-1], **_counts(job, contacts, outcomes))
    return True


def _next(job: Claimed, now: datetime) -> list[int]:
    """Return the next contacts, ascending: whoever came along meanwhile is not met twice."""
    after = job.progress.get("after", 0)
    if "filter" in job.args:
        found = filters.compile(job.args["filter"], now=now)
        joins, sql, params = found.joins, found.sql, list(found.params)
    else:
        joins, sql, params = "", "c.id = ANY(%s::bigint[])", [job.args["contacts"]]
    seen = "c.owner_id = %s" if job.args["only_own"] else "true"
    own = [job.user_id] if job.args["only_own"] else []
    with connection.cursor() as cursor:
        statement = CHOSEN.format(joins=joins, sql=sql, seen=seen)
        cursor.execute(statement, [after, *params, *own, BATCH])
        return [row[0] for row in cursor.fetchall()]


def _counts(job: Claimed, contacts: Iterable[int], outcomes: Outcomes) -> dict[str, int]:
    counts = Counter({name: job.progress.get(name, 0) for name in ("done", "skipped", "failed")})
    counts["skipped"] += len(outcomes.skipped)
    counts["failed"] += len(outcomes.failed)
    undone = {*outcomes.skipped, *outcomes.failed, *outcomes.repeated}
    counts["done"] += len(set(contacts) - undone)
    return dict(counts)
