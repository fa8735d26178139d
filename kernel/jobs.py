"""Work that takes time (imports, rebuilds, bulk actions): rows with a lease, resumed after a crash.

A kind's handler is called with the job; it does its work in short transactions, each of which
also saves how far it came (`job.keep(…)`), so that whoever resumes goes on from there.
"""

import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from kernel import clock
from kernel.models import Job
from kernel.paces import Mark, mark, marked
from kernel.queues import WorkQueue, queues

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
ATTEMPTS = 5
HOPELESS = gettext_noop("The worker died again and again without getting any further.")
# What only the log tells in full is stored with the number of the job: `said` reads it.
UNFORESEEN = gettext_noop("This failed for a reason nobody foresaw. The log tells it under number")
AWAY = gettext_noop("The database did not answer in time. The log tells more under number")
_NUMBERED = re.compile(r"(.+) (\d+)\.", re.DOTALL)
Handler = Callable[["Claimed"], None]
Failed = Callable[["Claimed", str], None]
_handlers: dict[str, Handler] = {}
_failures: dict[str, Failed] = {}
_forgotten: dict[str, Sequence[str]] = {}


class LeaseLost(Exception):  # noqa: N818 - a fact: another worker holds the job now
    """Raised when the job was cancelled or taken over: stop without writing anything."""


class Refusal(Exception):  # noqa: N818 - an answer to whoever asked, not a fault
    """Raised by a handler when the work may not or cannot be done any more; its words are told."""


class Unfinished(Exception):  # noqa: N818 - a fact: there is more to do than one turn allows
    """Raised by a handler after a turn of work: the job goes on when others have had theirs."""


class Claimed:
    """A job this process holds: its arguments, and the one way to save progress."""

    def __init__(self, row: Job) -> None:
        self.id = row.pk
        self.kind = row.kind
        self.args: dict[str, Any] = row.args
        self.progress: dict[str, Any] = row.progress
        self.fence = row.fence
        self.user_id: int | None = row.user_id
        self.marks: list[Mark] = row.marks

    def keep(self, **progress: Any) -> None:
        """Save progress and lengthen the lease, in the transaction of the work it describes.

        Whoever gets further may be interrupted again: attempts count from the last progress.
        Raises `LeaseLost` when the job is no longer ours, so that the work is rolled back too.
        """
        self.progress |= progress
        now = clock.now()
        self.marks = marked(self.marks, self.progress, now)
        updated = _held(self).update(
            progress=self.progress, marks=self.marks, lease_until=now + LEASE, attempts=0
        )
        if not updated:
            raise LeaseLost

    def hold(self, length: timedelta) -> None:
        """Take a lease that covers one long statement, whose own time limit is shorter."""
        if not _held(self).update(lease_until=clock.now() + max(length, LEASE)):
            raise LeaseLost


def handles(
    kind: str, failed: Failed | None = None, forget: Sequence[str] = ()
) -> Callable[[Handler], Handler]:
    """Declare the handler of a kind of job; used as a decorator in `tasks.py` or `plugins.py`.

    `failed` is told, in the same transaction, when the job ends without hope, whatever the cause.
    `forget` names arguments that are emptied when it ends, however it does.
    """

    def keep(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if failed is not None:
            _failures[kind] = failed
        _forgotten[kind] = forget
        return handler

    return keep


def enqueue(
    kind: str,
    args: dict[str, Any],
    *,
    now: datetime,
    user_id: int | None = None,
    alone: bool = False,
) -> Job | None:
    """Write a job that is due; with `alone`, not while one of its kind is still waiting."""
    waiting = Job.objects.filter(kind=kind, state=Job.State.QUEUED)
    if alone and waiting.exists():
        return None
    return Job.objects.create(kind=kind, args=args, due_at=now, created_at=now, user_id=user_id)


def cancel(job_id: int, now: datetime) -> bool:
    """Cancel a job that waits or runs; the worker notices at its next `keep`."""
    row = Job.objects.filter(pk=job_id).first()
    if row is None:
        return False
    still_open = Job.objects.filter(pk=job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    ended = still_open.update(
        state=Job.State.CANCELLED, finished_at=now, lease_until=None, args=_left_of(row)
    )
    return bool(ended)


CLAIM = """
UPDATE job SET state = 'running', fence = fence + 1, attempts = attempts + 1,
  lease_until = %(lease)s, started_at = coalesce(started_at, %(now)s),
  -- Whoever goes on after a crash does not count the time nobody worked.
  marks = CASE WHEN state = 'running' THEN '[]' ELSE marks END
WHERE id = (SELECT id FROM job
            WHERE state IN ('queued', 'running') AND due_at <= %(now)s
              AND (state = 'queued' OR lease_until < %(now)s)
            ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id"""


@queues.register
class Jobs(WorkQueue):
    """Takes one job that is due, or whose worker died."""

    key = "kernel.jobs"
    label = "Jobs"
    hands = "jobs"

    def due(self, now: datetime) -> bool:
        """Ask the partial index of open jobs."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM job WHERE state IN ('queued', 'running') AND due_at <= %s"
                " AND (state = 'queued' OR lease_until < %s) LIMIT 1",
                [now, now],
            )
            return cursor.fetchone() is not None

    def work(self, now: datetime) -> bool:
        """Claim one job and run its handler to the end."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM, {"lease": now + LEASE, "now": now})
            row = cursor.fetchone()
        if row is None:
            return False
        row = Job.objects.get(pk=row[0])
        row.marks = row.marks or [mark(row.progress, now)]
        if row.attempts > ATTEMPTS:
            _finish(Claimed(row), Job.State.FAILED, HOPELESS)
        else:
            _run(Claimed(row))
        return True


def said(error: str) -> str:
    """Say in the reader's language what is stored of a failure."""
    numbered = _NUMBERED.fullmatch(error)
    if numbered and numbered[1] in (UNFORESEEN, AWAY):
        return f"{gettext(numbered[1])} {numbered[2]}."
    return gettext(error) if error else ""


def _run(job: Claimed) -> None:
    handler = _handlers.get(job.kind)
    try:
        if handler is None:
            raise LookupError(f"Nothing handles jobs of kind {job.kind}.")
        handler(job)
    except LeaseLost:
        logger.info("Job %s was taken over or cancelled.", job.id)
    except (Unfinished, SoftTimeLimitExceeded):
        # What was saved so far stands; whoever takes the job next goes on from there.
        _held(job).update(state=Job.State.QUEUED, due_at=clock.now(), lease_until=None)
    except Refusal as refusal:
        _finish(job, Job.State.FAILED, str(refusal))
    except OperationalError as error:
        _again(job, error)
    except Exception:
        logger.exception("Job %s (%s) failed", job.id, job.kind)
        _finish(job, Job.State.FAILED, f"{UNFORESEEN} {job.id}.")
    else:
        _finish(job, Job.State.DONE, "")


def _again(job: Claimed, error: Exception) -> None:
    """Give a job back whose database went away or whose locks collided, until it is hopeless."""
    logger.warning("Job %s (%s) waits for the database: %s", job.id, job.kind, error)
    told = f"{AWAY} {job.id}."
    attempts = Job.objects.values_list("attempts", flat=True).get(pk=job.id)
    if attempts >= ATTEMPTS:
        _finish(job, Job.State.FAILED, told)
        return
    _held(job).update(
        state=Job.State.QUEUED,
        error=told,
        due_at=clock.now() + timedelta(seconds=2**attempts),
        lease_until=None,
    )


def _finish(job: Claimed, state: str, error: str) -> None:
    with transaction.atomic():
        ended = _held(job).update(
            state=state,
            error=error[:2000],
            finished_at=clock.now(),
            lease_until=None,
            args=_left_of(job),
        )
        if ended and state == Job.State.FAILED and job.kind in _failures:
            _failures[job.kind](job, error)


def _left_of(job: Claimed | Job) -> dict[str, Any]:
    """Return the arguments that are kept of a job that ended."""
    emptied = [key for key in _forgotten.get(job.kind, ()) if key in job.args]
    return job.args | dict.fromkeys(emptied)


def _held(job: Claimed) -> QuerySet[Job]:
    """Return the job's row, or none once another worker or a person has it."""
    return Job.objects.filter(pk=job.id, fence=job.fence, state=Job.State.RUNNING)
