"""What can happen to a contact itself."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from contacts.words import Channel, ConsentState, Ground, Purpose, Reason
from kernel.events import EventType, event_types


@event_types.register
class Created(EventType):
    """A contact came into being. Its change set is evaluated by everything, whatever it reads."""

    key = "contacts.created"
    label = _lazy("Contact created")
    icon = "user-plus"
    conditions = {"source": "source"}
    choices = {"source": "contact_source"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say where the contact came from."""
        if data.get("source"):
            return _("Contact created (%(source)s)") % {"source": data["source"]}
        return str(cls.label)


@event_types.register
class Updated(EventType):
    """Values of a contact changed: `changed` lists their aliases.

    `owner` and `company`, where they are among them, are ids before and after; what else was
    there before is data about the person, and not kept.
    """

    key = "contacts.updated"
    label = _lazy("Contact changed")
    icon = "pencil"
    conditions = {"field": "changed"}
    choices = {"field": "contact_field"}
    lists = ("field",)

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the fields that changed."""
        changed = list(data.get("changed", []))
        return ngettext("Changed: %(fields)s", "Changed: %(fields)s", len(changed)) % {
            "fields": ", ".join(changed)
        }


@event_types.register
class Tagged(EventType):
    """A tag was put on a contact."""

    key = "contacts.tagged"
    label = _lazy("Tag added")
    icon = "tag"
    subject = "tag"


@event_types.register
class Untagged(EventType):
    """A tag was taken off a contact."""

    key = "contacts.untagged"
    label = _lazy("Tag removed")
    icon = "tag"
    subject = "tag"


@event_types.register
class Consented(EventType):
    """A person granted or refused something."""

    key = "contacts.consented"
    label = _lazy("Consent")
    icon = "shield-check"
    conditions = {name: name for name in ("purpose", "state", "topic", "source")}
    choices = {"purpose": "purpose", "state": "consent_state", "topic": "topic"}
    naming = {"topic": "topic"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say what was granted or refused."""
        purpose = _named(Purpose, data.get("purpose"))
        if data.get("state") == ConsentState.GRANTED:
            return _("Agreed to %(purpose)s") % {"purpose": purpose}
        return _("Refused %(purpose)s") % {"purpose": purpose}


@event_types.register
class Closed(EventType):
    """A channel was closed for a contact: nobody writes there any more."""

    key = "contacts.closed"
    label = _lazy("Do not contact")
    icon = "hand-stop"
    conditions = {"channel": "channel", "reason": "reason"}
    choices = {"channel": "channel", "reason": "closing_reason"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say which channel, and why."""
        return _("No more %(channel)s: %(reason)s") % {
            "channel": _named(Channel, data.get("channel")),
            "reason": _named(Reason, data.get("reason")),
        }


@event_types.register
class Reopened(EventType):
    """A closed channel was opened again."""

    key = "contacts.reopened"
    label = _lazy("May be contacted again")
    icon = "user-check"
    conditions = {"channel": "channel", "reason": "reason"}
    choices = {"channel": "channel", "reason": "closing_reason"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say which channel."""
        return _("May be contacted by %(channel)s again") % {
            "channel": _named(Channel, data.get("channel"))
        }


@event_types.register
class Restricted(EventType):
    """The processing of a person's data was restricted: they are kept, and nothing else."""

    key = "contacts.restricted"
    label = _lazy("Processing restricted")
    icon = "lock"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say on what ground."""
        ground = _named(Ground, data.get("ground"))
        return _("Processing restricted: %(ground)s") % {"ground": ground}


@event_types.register
class Released(EventType):
    """A restriction was lifted."""

    key = "contacts.released"
    label = _lazy("Restriction lifted")
    icon = "circle-check"


@event_types.register
class Merged(EventType):
    """A duplicate became part of this contact."""

    key = "contacts.merged"
    label = _lazy("Merged with a duplicate")
    icon = "arrow-merge"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Say who became part of this contact."""
        if not data.get("loser"):
            return str(cls.label)
        name = data.get("name") or _("somebody without a name")
        words = _("Merged: %(name)s (number %(number)s) became part of this contact")
        return words % {"name": name, "number": data["loser"]}


def _named(choices: type[TextChoices], value: Any) -> str:
    known = dict(choices.choices)
    return str(known.get(value, value))
