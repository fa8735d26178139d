"""The campaigns' jobs: fitting those on their way to a new version, letting members in."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction

from campaigns.graph import timed
from campaigns.graph.plan import Plan, plan_of
from campaigns.models import Campaign, Source
from campaigns.services import (
    confirming,
    ending,
    gathering,
    inside,
    late,
    refitting,
    seeking,
    timing,
    watching,
)
from campaigns.services.entering import enter
from campaigns.services.fitting import Fit, compare, fit, under_way
from campaigns.services.forgetting import forget_some
from campaigns.services.goals import seek
from campaigns.services.membership import Entering, members
from campaigns.services.publishing import enqueue_admission
from campaigns.services.renumbering import node_numbers
from campaigns.services.returning import Arrival
from campaigns.services.running import entrance, hold, plans, running
from kernel import clock
from kernel.jobs import Claimed, LeaseLost, handles
from kernel.locks import Overtaken
from kernel.schedule import scheduled

TRIM, TIME = "campaigns.trim", "campaigns.time"
CHUNK = 2_000
logger = logging.getLogger(__name__)
MARGIN = timedelta(seconds=15)
# How far back time is followed when it never was.
FIRST_LOOK = timedelta(days=1)


@handles("campaigns.fit")
def fit_to_version(job: Claimed) -> None:
    """Fit the visits under way, then let the campaign run."""
    campaign = Campaign.objects.filter(pk=job.args["campaign"]).first()
    if campaign is None or campaign.published_id is None or job.progress.get("fitted"):
        return
    plan = plan_of(campaign.published_id)
    fits = _fits(job.args, plan)
    for visits in under_way(plan, job.progress.get("visit", 0)):
        with transaction.atomic():
            fit(fits, visits, clock.now())
            job.keep(visit=visits[-1])
    with transaction.atomic():
        campaign = hold(campaign.pk)
        campaign.fitting_since = None
        if not job.args.get("finish"):
            campaign.finishing = []
        campaign.save(update_fields=["fitting_since", "finishing"])
        entering = Entering(job.args["segments"], job.args.get("missed", []))
        enqueue_admission(campaign, entering, clock.now())
        # Goals that are new, and what happened while nothing ran, to who came meanwhile too.
        if plan.goals or any(one.plan.goals for one in fits.values()):
            seeking.enqueue_search(campaign.pk, clock.now())
        # A worker that dies after this must not add the pause again.
        job.keep(fitted=True)


def _fits(args: dict[str, Any], plan: Plan) -> dict[int, Fit]:
    """Say by edition what becomes of those on their way."""
    paused = datetime.fromisoformat(args["paused"]) if args["paused"] else None
    resumed = datetime.fromisoformat(args["resumed"])
    # Jobs queued before versions could run beside each other named the one before.
    olders = [plan_of(version) for version in args.get("older") or [args["before"]]]
    if args.get("finish"):
        return {old.edition: compare(old, old, paused, resumed, {}) for old in olders}
    drawn = plan.by_name()
    moves = {
        number: drawn[target] if target is not None else None
        for name, target in args.get("moves", {}).items()
        if name != target
        for number in node_numbers(plan, name)
    }
    return {old.edition: compare(old, plan, paused, resumed, moves) for old in olders}


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


@handles(TIME)
def let_in_by_time(job: Claimed) -> None:
    """Let in whose moment has come, some by each source in turn; clocks know how far that is."""
    now = clock.now()
    gathering.sweep()
    turns = [(plan, source) for plan in plans() for source in timing.sources(plan)]
    while turns:
        turns = [turn for turn in turns if _turn(job, *turn, now)]


def _turn(job: Claimed, plan: Plan, source: Mapping[str, Any], now: datetime) -> bool:
    """Let some in by one source; say whether there may be more."""
    asking = True
    try:
        job.hold(gathering.LIMIT + MARGIN)
        with transaction.atomic():
            begun = gathering.gather(plan, source, now)
            job.keep()
        asking = False
        if not begun:
            return begun is not None
        with transaction.atomic():
            more = timing.follow(plan.campaign, timed.mark(source), clock.now())
            job.keep()
            return more
    except (LeaseLost, SoftTimeLimitExceeded):
        raise
    except Overtaken:
        return False
    except Exception as error:
        # What is wrong with one source, or too slow, must not stop the others.
        logger.exception("A source of campaign %s cannot be followed", plan.campaign)
        if isinstance(error, OperationalError) and not connection.is_usable():
            raise
        # Only the question may take too long; letting in is tried again the next minute.
        if asking:
            late.fail(plan.campaign, timed.mark(source), clock.now())
        return False


scheduled(TIME, timedelta(minutes=1))


@handles(TRIM)
def trim_versions(job: Claimed) -> None:
    """Go on with moves that failed; let older versions run no more that everybody has finished."""
    for campaign in refitting.unfinished():
        with transaction.atomic():
            refitting.resume(campaign, clock.now())
            job.keep()
    for campaign in inside.to_trim():
        with transaction.atomic():
            inside.trim(campaign)
            job.keep()


scheduled(TRIM, timedelta(minutes=10))


@handles(ending.STOP)
def stop_at_the_end(job: Claimed) -> None:
    """Stop campaigns whose end has come, where nobody is to finish."""
    ending.stop(job, clock.now())


scheduled(ending.STOP, timedelta(minutes=1))


@handles("campaigns.watch")
def watch_failures(_job: Claimed) -> None:
    """Stop campaigns of which a step fails for too many; tell of those that delete many."""
    watching.watch(clock.now())
    confirming.tell_held(clock.now())


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
        missed_by = job.args["campaign"] if segment in job.args.get("missed", ()) else None
        while True:
            with transaction.atomic():
                plan = entrance(job.args["campaign"])
                # A version published meanwhile may have other sources.
                wanted = plan is not None and segment in plan.segments
                found = members(segment, after, CHUNK, missed_by=missed_by) if wanted else []
                if plan is None or not found:
                    break
                arrivals = [Arrival(contact, Source.SEGMENT, segment) for contact in found]
                enter(plan, arrivals, clock.now(), bulk=True)
                after = found[-1]
                job.keep(place=place, after=after)
