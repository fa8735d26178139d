"""What happens between contacts and segments."""

from django.utils.translation import gettext_lazy as _

from kernel.events import EventType, event_types


@event_types.register
class SegmentEntered(EventType):
    """A contact became a member."""

    key = "segments.entered"
    label = _("Entered a segment")
    icon = "users-plus"
    subject = "segment"
    # A first build would write a summary row for everybody; the log is kept for ever anyway.
    counted = False


@event_types.register
class SegmentLeft(EventType):
    """A contact is no longer a member."""

    key = "segments.left"
    label = _("Left a segment")
    icon = "users-minus"
    subject = "segment"
    counted = False
