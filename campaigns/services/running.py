"""Which campaigns run, and the lock between what runs and who publishes."""

from campaigns.graph.plan import Plan, plan_of
from campaigns.models import Campaign
from kernel.locks import CAMPAIGN_LOCK, share_lock, wait_lock


def running(campaign: int) -> Plan | None:
    """Return what a campaign does now, and hold off publishing and unpublishing meanwhile."""
    share_lock(CAMPAIGN_LOCK, campaign)
    # After the lock, in a statement of its own: its snapshot sees what was published before.
    found = (
        Campaign.objects.filter(
            pk=campaign, state=Campaign.State.PUBLISHED, fitting_since__isnull=True
        )
        .values_list("published", "finishing")
        .first()
    )
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
