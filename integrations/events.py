"""What can happen between a contact and another system."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import EventType, event_types


@event_types.register
class Pushed(EventType):
    """A contact stands in another system as they are here."""

    key = "integrations.pushed"
    label = gettext_lazy("Pushed to a system")
    icon = "plug"
    subject = "connection"
    conditions: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the connection; whether a record was made there is told, too."""
        words = (
            _("Created in “%(name)s”")
            if data.get("made")
            else _("Brought up to date in “%(name)s”")
        )
        return words % {"name": subject_name or _("a system")}


@event_types.register
class Failed(EventType):
    """Another system did not take a contact, and trying again is vain."""

    key = "integrations.failed"
    label = gettext_lazy("Push to a system failed")
    icon = "alert-triangle"
    subject = "connection"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the connection."""
        return _("Could not be pushed to “%(name)s”") % {"name": subject_name or _("a system")}
