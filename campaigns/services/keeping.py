"""Contacts a campaign was to have erased, and has not: they are kept, and the trail says so."""

from datetime import datetime

from campaigns.models import Campaign
from campaigns.services import finality
from campaigns.services.inside import running_versions
from contacts.services import departing
from kernel import trail


def keep_all(campaign: Campaign, now: datetime) -> int:
    """Keep whoever is not erased yet; return how many."""
    return _told(campaign, departing.take_back(campaign.pk), now)


def keep_held(campaign: Campaign, now: datetime) -> int:
    """Keep whom nobody confirmed, where nothing that runs erases anybody; return how many."""
    if any(finality.is_final(version.graph) for version in running_versions(campaign)):
        return 0
    return _told(campaign, departing.take_back(campaign.pk, only_held=True), now)


def _told(campaign: Campaign, kept: int, now: datetime) -> int:
    if kept:
        deed = trail.Deed(
            "campaigns",
            "keep contacts",
            object=campaign.pk,
            name=campaign.name,
            after={"contacts": kept},
        )
        trail.note(deed, now)
    return kept
