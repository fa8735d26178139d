"""Publishing what runs already: it makes no version."""

from datetime import datetime

from campaigns.models import Campaign, SourceClock
from campaigns.services import comparing, timing
from campaigns.services.inside import Inside


def changes_nothing(
    campaign: Campaign, inside: Inside, only_owner: int | None, *, catch_up: bool, now: datetime
) -> bool:
    """Say whether publishing the draft would leave everything as it is.

    `only_owner` is whose contacts alone the publisher lets in. Where contacts would be moved, or
    were not moved to the end the last time, it changes something; so it does where a source of time
    is late, which is asked at once then, and where whoever missed to come in does with `catch_up`.
    """
    before = campaign.published
    if before is None or campaign.state != Campaign.State.PUBLISHED:
        return False
    if inside.moves or campaign.fitting_since or (campaign.finishing and not inside.finish):
        return False
    if catch_up and (_has_members(campaign) or timing.stood_still(campaign, now)):
        return False
    late = SourceClock.objects.filter(campaign=campaign, failures__gt=0)
    if before.only_owner != only_owner or late.exists():
        return False
    return not any(comparing.changes(campaign).values())


def _has_members(campaign: Campaign) -> bool:
    return any("segment" in source for source in campaign.sources)
