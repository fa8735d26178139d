"""What can happen to a contact itself."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from kernel.events import EventType, event_types


@event_types.register
class Created(EventType):
    """A contact came into being. Its change set is evaluated by everything, whatever it reads."""

    key = "contacts.created"
    label = _lazy("Contact created")
    conditions = {"source": "source"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say where the contact came from."""
        if data.get("source"):
            return _("Contact created (%(source)s)") % {"source": data["source"]}
        return str(cls.label)


@event_types.register
class Updated(EventType):
    """Values of a contact changed: `changed` lists their aliases."""

    key = "contacts.updated"
    label = _lazy("Contact changed")

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the fields that changed."""
        changed = list(data.get("changed", []))
        return ngettext("Changed: %(fields)s", "Changed: %(fields)s", len(changed)) % {
            "fields": ", ".join(changed)
        }
