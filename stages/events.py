"""What can happen to a contact's stage."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import EventType, event_types


@event_types.register
class StageChanged(EventType):
    """Somebody reached another stage."""

    key = "stages.changed"
    label = gettext_lazy("Stage changed")
    subject = "stage"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the new one."""
        return _("Reached the stage “%(name)s”") % {"name": subject_name or data.get("name", "")}
