"""Forgetting by age: one job a day, slice by slice, with proof; or only counted, as a dry run."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from kernel import clock, jobs, retention
from kernel.jobs import Claimed, Unfinished, handles
from kernel.models import Job, RetentionRun
from kernel.retention import Keeping
from kernel.schedule import scheduled

KIND, DRY = "kernel.retain", "kernel.retain_dry"
TURN_SECONDS = 20


@handles(KIND)
def retain(job: Claimed) -> None:
    """Forget what is past its time; whoever goes on after a kill counts nothing twice."""
    if "asked" not in job.progress:
        job.keep(asked=clock.iso(clock.now()), finished=[])
    asked, ends = clock.parse_instant(job.progress["asked"]), time.monotonic() + TURN_SECONDS
    for keeping in retention.kept():
        before = keeping.before(asked)
        if before is None or keeping.key in job.progress["finished"]:
            continue
        run = _run(job, keeping, before, asked)
        while _slice(job, keeping, run):
            if time.monotonic() > ends:
                raise Unfinished
        job.keep(finished=[*job.progress["finished"], keeping.key], run=None)


def _run(job: Claimed, keeping: Keeping, before: datetime, now: datetime) -> RetentionRun:
    """Return the row that proves it, made with the first slice."""
    if job.progress.get("run"):
        return RetentionRun.objects.get(pk=job.progress["run"])
    with transaction.atomic():
        run = RetentionRun.objects.create(key=keeping.key, at=now, before=before)
        job.keep(run=run.pk)
    return run


def _slice(job: Claimed, keeping: Keeping, run: RetentionRun) -> int:
    begun = time.monotonic()
    with transaction.atomic():
        gone = keeping.forget(run.before, clock.now())
        took = time.monotonic() - begun
        RetentionRun.objects.filter(pk=run.pk).update(
            rows=F("rows") + gone, seconds=F("seconds") + took
        )
        job.keep(rows=int(job.progress.get("rows", 0)) + gone)
    return gone


@handles(DRY)
def count(job: Claimed) -> None:
    """Count what would go now, by the rules in force or those to be tried; nothing is changed."""
    now, tried = clock.now(), job.args.get("days", {})
    for keeping in retention.kept():
        days = tried.get(keeping.key, keeping.days)
        before = None if days is None else now - timedelta(days=days)
        if before is None or keeping.key in job.progress.get("finished", []):
            continue
        begun = time.monotonic()
        with transaction.atomic():
            rows = keeping.count(before)
            took = time.monotonic() - begun
            made: dict[str, Any] = {"at": now, "before": before, "rows": rows, "seconds": took}
            RetentionRun.objects.create(key=keeping.key, dry=True, **made)
            job.keep(finished=[*job.progress.get("finished", []), keeping.key])


def begin(
    kind: str, now: datetime, user_id: int | None, tried: Mapping[str, int | None] | None = None
) -> bool:
    """Queue a run or a dry run; False while one waits. `tried` are days by kind to count by."""
    args = {"days": dict(tried)} if tried else {}
    return jobs.enqueue(kind, args, now=now, user_id=user_id, alone=True) is not None


def under_way() -> bool:
    """Say whether one is queued or running."""
    states = [Job.State.QUEUED, Job.State.RUNNING]
    return Job.objects.filter(kind__in=(KIND, DRY), state__in=states).exists()


def last(key: str, *, dry: bool) -> RetentionRun | None:
    """Return the latest run of a kind."""
    return RetentionRun.objects.filter(key=key, dry=dry).order_by("-at", "-pk").first()


scheduled(KIND, timedelta(days=1))
