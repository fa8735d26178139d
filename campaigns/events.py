"""What can happen between a contact and a campaign."""

from django.utils.translation import gettext_lazy as _

from kernel.events import EventType, event_types


@event_types.register
class CampaignEntered(EventType):
    """A contact set out on a campaign."""

    key = "campaigns.entered"
    label = _("Entered the campaign")
    icon = "route"
    subject = "campaign"


@event_types.register
class CampaignLeft(EventType):
    """A contact's way through a campaign ended: `data.reason` says why."""

    key = "campaigns.left"
    label = _("Left the campaign")
    icon = "logout-2"
    subject = "campaign"
    conditions = {"reason": "reason"}
    choices = {"reason": "leaving_reason"}
