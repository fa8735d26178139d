"""Settings of what the desk offers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.values import checked
from desk.models import LONGEST_TITLE
from desk.services import checking
from desk.words import TaskKind
from kernel.settings_forms import DurationField

OWNER = "owner"


def assignees() -> list[tuple[str, Any]]:
    """Return whom a task may be given to."""
    people = [(str(user.pk), str(user)) for user in checking.everybody()]
    return [("", gettext_lazy("nobody")), (OWNER, gettext_lazy("the contact's owner")), *people]


class TaskForm(forms.Form):
    """What is to be done, by when, by whom."""

    title = forms.CharField(label=pgettext_lazy("of a task", "Title"), max_length=LONGEST_TITLE)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=TaskKind.choices, initial=TaskKind.TODO, required=False
    )
    due = DurationField(
        label=gettext_lazy("Due after"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("Empty: at no particular time."),
    )
    assignee = forms.ChoiceField(
        label=gettext_lazy("Assigned to"), choices=assignees, initial=OWNER, required=False
    )

    def clean_title(self) -> str:
        """Check it as everywhere."""
        return checked(checking.title, self.cleaned_data["title"])

    def clean_kind(self) -> str:
        """Take what was not said for something to do."""
        return self.cleaned_data["kind"] or TaskKind.TODO

    def clean_assignee(self) -> int | str | None:
        """Keep the number of a user: settings are JSON."""
        text = self.cleaned_data["assignee"]
        return text if text == OWNER else int(text) if text else None
