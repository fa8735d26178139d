"""What can happen to a message and its reader."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import MESSAGE, EventType, event_types
from tracking.events import DEVICES

# Signs of a reply that a sentence quotes.
QUOTED = 160


class AboutEmail(EventType):
    """Common to all: the subject is the email, `data` names delivery and cause."""

    retention = MESSAGE
    subject = "email"


@event_types.register
class EmailSent(AboutEmail):
    """The receiving server took the mail over."""

    key = "emails.sent"
    label = gettext_lazy("Email sent")
    icon = "mail-forward"


@event_types.register
class EmailFailed(AboutEmail):
    """The mail was refused for good; `data.reason` is the server's answer."""

    key = "emails.failed"
    label = gettext_lazy("Email failed")
    icon = "mail-x"
    conditions: ClassVar[Mapping[str, str]] = {"reason": "reason"}


@event_types.register
class EmailBounced(AboutEmail):
    """The mail came back: for good (`hard`), and it is written to no more, or for now (`soft`)."""

    key = "emails.bounced"
    label = gettext_lazy("Email bounced")
    icon = "mail-off"
    conditions: ClassVar[Mapping[str, str]] = {"kind": "kind", "status": "status"}
    choices: ClassVar[Mapping[str, str]] = {"kind": "bounce_kind"}


@event_types.register
class EmailComplained(AboutEmail):
    """The reader called the mail spam; they are written to no more."""

    key = "emails.complained"
    label = gettext_lazy("Email reported as spam")
    icon = "alert-triangle"


@event_types.register
class EmailReplied(AboutEmail):
    """The person wrote back; answers of programs are none."""

    key = "emails.replied"
    label = gettext_lazy("Replied to the email")
    icon = "message-circle"
    conditions: ClassVar[Mapping[str, str]] = {"text": "text"}
    active = True
    operation = "message"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Quote how it begins."""
        if not data.get("text"):
            return super().sentence(data, subject_name)
        text = " ".join(data["text"].split())
        told = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
        return _("Answered %(subject)s: “%(text)s”") % {
            "subject": subject_name or _("an email"),
            "text": told,
        }


@event_types.register
class EmailOpened(AboutEmail):
    """The pixel of the mail was fetched."""

    key = "emails.opened"
    label = gettext_lazy("Email opened")
    icon = "mail-opened"
    conditions: ClassVar[Mapping[str, str]] = {name: name for name in DEVICES}
    choices: ClassVar[Mapping[str, str]] = DEVICES
    judged = True
    consent = "open_tracking"
    active = True
    operation = "message"


@event_types.register
class EmailClicked(AboutEmail):
    """A link of the mail was followed."""

    key = "emails.clicked"
    label = gettext_lazy("Link in an email clicked")
    icon = "click"
    conditions: ClassVar[Mapping[str, str]] = {name: name for name in ("url", "link", *DEVICES)}
    choices: ClassVar[Mapping[str, str]] = {"link": "email_link", **DEVICES}
    choices_of_subject: ClassVar[Collection[str]] = ("link",)
    patterns: ClassVar[Collection[str]] = ("url",)
    judged = True
    consent = "click_tracking"
    active = True
    operation = "message"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the address that was followed."""
        if data.get("url"):
            return _("Clicked %(url)s in %(subject)s") % {
                "url": data["url"],
                "subject": subject_name or _("an email"),
            }
        return super().sentence(data, subject_name)


@event_types.register
class EmailUnsubscribed(AboutEmail):
    """The person asked, through this mail, not to be written to any more."""

    key = "emails.unsubscribed"
    label = gettext_lazy("Unsubscribed through an email")
    icon = "user-minus"
