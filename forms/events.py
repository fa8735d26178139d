"""What can happen with forms."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import EventType, event_types

SUBMITTED = "forms.submitted"


@event_types.register
class FormSubmitted(EventType):
    """Somebody sent a form; `answers` holds what they chose, as `FIELD=VALUE`."""

    key = SUBMITTED
    label = gettext_lazy("Form submitted")
    icon = "forms"
    subject = "form"
    active = True
    operation = "site"
    conditions: ClassVar[Mapping[str, str]] = {
        "answer": "answers",
        "utm_source": "utm_source",
        "utm_medium": "utm_medium",
        "utm_campaign": "utm_campaign",
    }
    lists: ClassVar[Collection[str]] = ("answer",)
    choices: ClassVar[Mapping[str, str]] = {"answer": "form_answer"}
    choices_of_subject: ClassVar[Collection[str]] = ("answer",)

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the form, as it was called then where it is gone."""
        name = subject_name or data.get("name", "")
        return _("Submitted the form “%(name)s”") % {"name": name}
