"""Jobs of points: the activity rank, scores that fade, triggers for who is above already."""

import time
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_noop

from kernel import clock, jobs
from kernel.jobs import Claimed, Refusal, Unfinished, handles
from kernel.models import Job
from kernel.queues import hint_on_commit
from points.models import PointTrigger, RankRun
from points.services import fading, firing, ranking, reaching, when

SECONDS = 60.0
APPLY, FADE = "points.apply_trigger", "points.fade"
SLICE = 2_000
# Said in the language of whoever reads it.
BEYOND = gettext_noop("Whoever asked for this may no longer have it done.")
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


@handles(FADE)
def fade(job: Claimed) -> None:
    """Let scores fade, slice by slice; whoever takes it up goes on there."""
    ends = time.monotonic() + SECONDS
    fadings = fading.all_fading()
    for each in fadings:
        if each.score in job.progress.get("finished", []):
            continue
        while _fade(job, each):
            if time.monotonic() > ends:
                raise Unfinished
        job.keep(finished=[*job.progress.get("finished", []), each.score], after=0)
    while fading.stop(fadings, SLICE):
        job.keep()


def _fade(job: Claimed, each: fading.Fading) -> bool:
    with transaction.atomic():
        last, lost = fading.walk(each, job.progress.get("after", 0), SLICE, clock.now())
        if last is not None:
            job.keep(after=last, done=job.progress.get("done", 0) + lost)
    return last is not None


@handles(APPLY)
def apply_trigger(job: Claimed) -> None:
    """Fire a trigger for those who have reached it, slice by slice.

    Whoever asked for it reaches by then what it does, and those for whom it is.
    """
    ends = time.monotonic() + SECONDS
    while True:
        with transaction.atomic():
            trigger = PointTrigger.objects.filter(pk=job.args["trigger"], active=True).first()
            owner = _whose(job, trigger) if trigger else None
            after = job.progress.get("after", 0)
            found = firing.above(trigger, after, SLICE, owner) if trigger else []
            if trigger is None or not found:
                return
            fired = firing.fire(trigger, found, clock.now())
            job.keep(after=found[-1], done=job.progress.get("done", 0) + fired)
        if time.monotonic() > ends:
            raise Unfinished


def _whose(job: Claimed, trigger: PointTrigger) -> int | None:
    """Return whose contacts alone are meant: by the rights of then, and those of now."""
    user: Any = get_user_model().objects.filter(pk=job.user_id or 0, is_active=True).first()
    if user is None or not reaching.may_apply(trigger, user):
        raise Refusal(BEYOND)
    owner: int | None = job.args.get("owner")
    return reaching.whose_contacts(user) if owner is None else owner


def apply(trigger: PointTrigger, user: Any) -> Job | None:
    """Queue firing it for those above whom this user may have it done for."""
    args = {"trigger": trigger.pk, "owner": reaching.whose_contacts(user)}
    job = jobs.enqueue(APPLY, args, now=clock.now(), user_id=user.pk)
    hint_on_commit("kernel.jobs")
    return job
