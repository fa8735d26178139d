"""The campaigns' jobs: fitting those on their way to a new version, letting members in."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.graph.plan import plan_of
from campaigns.models import Campaign, Source
from campaigns.services import seeking, watching
from campaigns.services.entering import enter
from campaigns.services.fitting import compare, fit
from campaigns.services.forgetting import forget_some
from campaigns.services.goals import seek
from campaigns.services.membership import members
from campaigns.services.publishing import enqueue_admission
from campaigns.services.returning import Arrival
from campaigns.services.running import hold, plans, running
from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled

CHUNK = 2_000
# How far back time is followed when it never was.
FIRST_LOOK = timedelta(days=1)


@handles("campaigns.fit")
def fit_to_version(job: Claimed) -> None:
    """Fit the visits under way, then let the campaign run."""
    campaign = Campaign.objects.filter(pk=job.args["campaign"]).first()
    if campaign is None or campaign.published_id is None or job.progress.get("fitted"):
        return
    paused = datetime.fromisoformat(job.args["paused"]) if job.args["paused"] else None
    resumed = datetime.fromisoformat(job.args["resumed"])
    plan = plan_of(campaign.published_id)
    change = compare(plan_of(job.args["before"]), plan, paused, resumed)
    last: int | None = job.progress.get("visit", 0)
    while last is not None:
        with transaction.atomic():
            last = fit(change, last, clock.now())
            if last is not None:
                job.keep(visit=last)
    with transaction.atomic():
        campaign = hold(campaign.pk)
        campaign.fitting_since = None
        campaign.save(update_fields=["fitting_since"])
        enqueue_admission(campaign, job.args["segments"], clock.now())
        # Goals that are new, and what happened while nothing ran.
        if plan.goals:
            seeking.enqueue_search(campaign.pk, clock.now())
        # A worker that dies after this must not add the pause again.
        job.keep(fitted=True)


@handles(seeking.SEARCH)
def search_goals(job: Claimed) -> None:
    """Take everybody on the way to the goals they have reached."""
    last = job.progress.get("visit", 0)
    while True:
        with transaction.atomic():
            plan = running(job.args["campaign"])
            found = seeking.under_way(job.args["campaign"], last) if plan and plan.goals else []
            if plan is None or not found:
                return
            seek(plan, [contact for _visit, contact in found], clock.now())
            last = found[-1][0]
            job.keep(visit=last)


@handles(seeking.FOLLOW)
def follow_time(job: Claimed) -> None:
    """Look at goals whose filter time alone makes true, since the last look."""
    now, before = clock.now(), seeking.last_look()
    for plan in plans():
        for goal in plan.goals:
            if not goal.reads:
                continue
            contacts = seeking.passed(plan, goal, before or now - FIRST_LOOK, now)
            for first in range(0, len(contacts), seeking.CHUNK):
                with transaction.atomic():
                    present = running(plan.campaign)
                    if present is not None and present.version == plan.version:
                        part = contacts[first : first + seeking.CHUNK]
                        seek(present, part, now, goals=[goal])
                    job.keep()


scheduled(seeking.FOLLOW, timedelta(minutes=1))


@handles("campaigns.watch")
def watch_failures(_job: Claimed) -> None:
    """Stop campaigns of which a step fails for too many."""
    watching.watch(clock.now())


scheduled("campaigns.watch", timedelta(minutes=1))


@handles("campaigns.forget")
def forget(job: Claimed) -> None:
    """Delete the ways of a deleted campaign's contacts, chunk by chunk."""
    while True:
        with transaction.atomic():
            if not forget_some(job.args["campaign"], job.args["nodes"]):
                return
            job.keep()


@handles("campaigns.admit")
def admit_members(job: Claimed) -> None:
    """Let the present members of segments in, by id; later ones are told by the dispatcher."""
    for place, segment in enumerate(job.args["segments"]):
        if place < job.progress.get("place", 0):
            continue
        after = job.progress.get("after", 0) if place == job.progress.get("place", 0) else 0
        while True:
            with transaction.atomic():
                plan = running(job.args["campaign"])
                found = members(segment, after, CHUNK) if plan else []
                if plan is None or not found:
                    break
                arrivals = [Arrival(contact, Source.SEGMENT, segment) for contact in found]
                enter(plan, arrivals, clock.now(), bulk=True)
                after = found[-1]
                job.keep(place=place, after=after)
