"""Jobs of points: the activity rank, and triggers for those who are above already."""

import time
from datetime import timedelta

from django.db import transaction

from kernel import clock
from kernel.jobs import Claimed, Unfinished, handles
from points.models import PointTrigger, RankRun
from points.services import firing, ranking, when

SECONDS = 60.0
APPLY = "points.apply_trigger"
SLICE = 2_000
MARGIN = timedelta(seconds=30)


@handles(when.RANK)
def rank(job: Claimed) -> None:
    """Measure everybody, then write what is new by slices; whoever takes it up goes on there."""
    first = when.under_way()
    if first is not None and first.pk < job.id:
        return
    ends = time.monotonic() + SECONDS
    if "run" not in job.progress:
        job.hold(timedelta(milliseconds=ranking.PATIENCE_MS) + MARGIN)
        with transaction.atomic():
            run = ranking.measure(clock.now())
            job.keep(run=run.pk, done=0, total=run.changed)
    run = RankRun.objects.get(pk=job.progress["run"])
    while _write(job, run):
        if time.monotonic() > ends:
            raise Unfinished
    with transaction.atomic():
        ranking.finish(run, clock.now())
        job.keep()


def _write(job: Claimed, run: RankRun) -> int:
    with transaction.atomic():
        written = ranking.write(run)
        job.keep(done=job.progress["done"] + written)
    return written


@handles(when.DUE)
def rank_if_due(job: Claimed) -> None:
    """Begin a run when its time has come."""
    when.begin_if_due(clock.now())


@handles(APPLY)
def apply_trigger(job: Claimed) -> None:
    """Fire a trigger for those who have reached it, slice by slice."""
    ends = time.monotonic() + SECONDS
    while True:
        with transaction.atomic():
            trigger = PointTrigger.objects.filter(pk=job.args["trigger"], active=True).first()
            after = job.progress.get("after", 0)
            found = firing.above(trigger, after, SLICE) if trigger else []
            if trigger is None or not found:
                return
            fired = firing.fire(trigger, found, clock.now(), bulk=True)
            job.keep(after=found[-1], done=job.progress.get("done", 0) + fired)
        if time.monotonic() > ends:
            raise Unfinished
