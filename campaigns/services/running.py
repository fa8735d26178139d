"""Which campaigns run, and the lock between what runs and who publishes."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from campaigns.graph.plan import Plan, plan_of
from campaigns.models import Campaign, OnEnd
from kernel import clock
from kernel.locks import CAMPAIGN_LOCK, share_lock, wait_lock


def running(campaign: int) -> Plan | None:
    """Return what a campaign does now, and hold off publishing and unpublishing meanwhile."""
    return _published(campaign, ~over(clock.now()), fitting_since__isnull=True)


def entrance(campaign: int) -> Plan | None:
    """Return what whoever comes now goes through: also while others are still moved to it."""
    return _published(campaign)


def over(now: datetime) -> Q:
    """Mean campaigns past an end at which everybody stops."""
    return Q(published__on_end=OnEnd.STOP, published__end_at__lte=now)


def _published(campaign: int, *asked: Q, **more: Any) -> Plan | None:
    share_lock(CAMPAIGN_LOCK, campaign)
    # After the lock, in a statement of its own: its snapshot sees what was published before.
    rows = Campaign.objects.filter(*asked, pk=campaign, state=Campaign.State.PUBLISHED, **more)
    found = rows.values_list("published", "finishing").first()
    return plan_of(*found) if found and found[0] else None


def hold(campaign: int) -> Campaign:
    """Take a campaign alone: batches on their way finish first, new ones wait."""
    # The row first, as requests do that come with it in their hands.
    found = Campaign.objects.select_for_update(no_key=True).get(pk=campaign)
    wait_lock(CAMPAIGN_LOCK, campaign)
    return found


def plans() -> list[Plan]:
    """Return what every campaign that ever ran does, unpublished ones too."""
    rows = Campaign.objects.filter(published__isnull=False).values_list("published", "finishing")
    return [plan_of(version, finishing) for version, finishing in rows if version]
