"""Moves to a new version whose job failed half-way: they go on with what they were to do.

Whoever has not been moved yet stands on steps of a version that runs no more; the next publication
would not know them.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign
from campaigns.services.running import hold
from kernel.models import Job

# So often it is tried again where it stopped before it is given up.
MOST_TIMES = 6
BUSY = gettext_lazy("Contacts are being moved to the version just published; try again shortly.")


def is_halfway(campaign: Campaign) -> bool:
    """Say whether what was published last runs only once everybody is moved to it."""
    return campaign.state == Campaign.State.PUBLISHED and campaign.fitting_since is not None


def goes_on(campaign: Campaign) -> bool:
    """Say whether contacts are being moved."""
    open_ = _moves(campaign).filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    return campaign.fitting_since is not None and open_.exists()


def to_resume(campaign: Campaign) -> Job | None:
    """Return the move that failed, unless it is hopeless or goes on."""
    if campaign.fitting_since is None or goes_on(campaign):
        return None
    last = _moves(campaign).order_by("-pk").first()
    return last if last and _times(last) <= MOST_TIMES else None


def unfinished() -> list[int]:
    """Return the campaigns whose contacts are moved to what was published last, or were to be."""
    rows = Campaign.objects.filter(fitting_since__isnull=False).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def resume(campaign_id: int, now: datetime) -> bool:
    """Let a move that failed go on from where it stopped; say whether there was one."""
    try:
        campaign = hold(campaign_id)
    except Campaign.DoesNotExist:
        return False
    job = to_resume(campaign)
    if job is None:
        return False
    progress = {**job.progress, "again": [job.progress.get("visit", 0), _times(job)]}
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.QUEUED,
        progress=progress,
        attempts=0,
        due_at=now,
        finished_at=None,
        error="",
    )
    return True


def _times(job: Job) -> int:
    """Count how often it would have been tried again from where it stands, once more included."""
    visit, times = job.progress.get("again", (None, 0))
    return int(times) + 1 if visit == job.progress.get("visit", 0) else 1


def _moves(campaign: Campaign) -> QuerySet[Job]:
    return Job.objects.filter(kind="campaigns.fit", args__campaign=campaign.pk)
