"""What can happen to a text and its reader."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import MESSAGE, EventType, event_types
from tracking.events import DEVICES


class AboutText(EventType):
    """Common to all: the subject is the text, `data` names delivery and cause."""

    retention = MESSAGE
    subject = "sms"


@event_types.register
class TextSent(AboutText):
    """The provider took the text over."""

    key = "sms.sent"
    label = gettext_lazy("SMS sent")
    icon = "message"


@event_types.register
class TextDelivered(AboutText):
    """The phone confirmed the text, as its network says."""

    key = "sms.delivered"
    label = gettext_lazy("SMS delivered")
    icon = "checks"


@event_types.register
class TextFailed(AboutText):
    """The text was refused, or did not arrive; `data.reason` says why."""

    key = "sms.failed"
    label = gettext_lazy("SMS failed")
    icon = "send-off"
    conditions: ClassVar[Mapping[str, str]] = {"reason": "reason", "code": "code"}


@event_types.register
class TextClicked(AboutText):
    """A link of the text was followed."""

    key = "sms.clicked"
    label = gettext_lazy("Link in an SMS clicked")
    icon = "click"
    conditions: ClassVar[Mapping[str, str]] = {name: name for name in ("url", "link", *DEVICES)}
    choices: ClassVar[Mapping[str, str]] = {"link": "sms_link", **DEVICES}
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
                "subject": subject_name or _("an SMS"),
            }
        return super().sentence(data, subject_name)


@event_types.register
class TextReplied(AboutText):
    """The person wrote to our number; the subject is the text they got last, where one is known."""

    key = "sms.replied"
    label = gettext_lazy("SMS answered")
    icon = "message-circle"
    conditions: ClassVar[Mapping[str, str]] = {"text": "text"}
    active = True
    operation = "message"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Quote what they wrote."""
        if not data.get("text"):
            return super().sentence(data, subject_name)
        return _("Wrote by SMS: “%(text)s”") % {"text": data["text"]}
