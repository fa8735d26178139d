"""When the activity rank is measured: a week after the start, then every thirty days, or asked."""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Max, Min, QuerySet

from kernel.models import Job
from points.models import RankRun

RANK, DUE = "points.rank", "points.rank_due"
FIRST, EVERY = timedelta(days=7), timedelta(days=30)
# How long after a run that failed the next one begins; no sooner after one that was cancelled.
AGAIN = timedelta(hours=6)
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def last() -> RankRun | None:
    """Return the latest run that has ended."""
    return RankRun.objects.filter(finished_at__isnull=False).order_by("-at").first()


def due_at() -> datetime | None:
    """Return when the next run is due by itself; before there is a user, nothing is."""
    latest = last()
    started: datetime | None = get_user_model().objects.aggregate(at=Min("created_at"))["at"]
    if started is None:
        return None
    due = latest.at + EVERY if latest else started + FIRST
    failed, cancelled = (_ended(state) for state in (Job.State.FAILED, Job.State.CANCELLED))
    if failed and (latest is None or latest.at < failed):
        return failed + AGAIN
    return max(due, cancelled + AGAIN) if cancelled else due


def _ended(state: str) -> datetime | None:
    jobs = Job.objects.filter(kind=RANK, state=state)
    ended: datetime | None = jobs.aggregate(at=Max("finished_at"))["at"]
    return ended


def broken_off(run: RankRun) -> QuerySet[RankRun]:
    """Return the runs that ended before they were through, since the one before this that was."""
    latest = last()
    runs = RankRun.objects.filter(finished_at=None, pk__lt=run.pk)
    return runs.filter(pk__gt=latest.pk) if latest else runs


def under_way() -> Job | None:
    """Return the job that measures now, or is about to."""
    return Job.objects.filter(kind=RANK, state__in=OPEN).order_by("pk").first()


def begin(now: datetime, user: int | None = None) -> Job:
    """Have everybody measured; who asks while that is under way waits for the same run."""
    open_one = under_way()
    if open_one is not None:
        return open_one
    return Job.objects.create(kind=RANK, args={}, due_at=now, created_at=now, user_id=user)


def begin_if_due(now: datetime) -> None:
    """Have everybody measured when the time has come."""
    due = due_at()
    if due is not None and due <= now:
        begin(now)
