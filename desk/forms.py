"""Settings of what the desk offers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.services import filling
from contacts.values import checked
from desk.models import LONGEST_TITLE
from desk.services import checking, notifying
from desk.words import TaskKind
from kernel.settings_forms import DurationField

OWNER = "owner"
BELL, MAIL = "bell", "email"
WAYS = [(BELL, gettext_lazy("behind the bell")), (MAIL, gettext_lazy("by email"))]
LONGEST_NEWS = 1_000
# A notice for everybody in a large house is a mail to a list.
MOST_TOLD = 50


def assignees() -> list[tuple[str, Any]]:
    """Return whom a task may be given to."""
    people = [(str(user.pk), str(user)) for user in checking.everybody()]
    return [("", gettext_lazy("nobody")), (OWNER, gettext_lazy("the contact's owner")), *people]


class TaskForm(forms.Form):
    """What is to be done, by when, by whom."""

    title = forms.CharField(
        label=pgettext_lazy("of a task", "Title"),
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy("Such as Call {{ contact.first_name }}."),
    )
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
        """Check it as everywhere; everybody who sees the task reads what is filled in."""
        title = _filled(checked(checking.title, self.cleaned_data["title"]))
        if filling.secret(title):
            words = _("A sensitive field is not copied into another one.")
            raise ValidationError(words, "sensitive")
        return title

    def clean_kind(self) -> str:
        """Take what was not said for something to do."""
        return self.cleaned_data["kind"] or TaskKind.TODO

    def clean_assignee(self) -> int | str | None:
        """Keep the number of a user: settings are JSON."""
        text = self.cleaned_data["assignee"]
        return text if text == OWNER else int(text) if text else None


def colleagues() -> list[tuple[str, Any]]:
    """Return whom something may be told."""
    people = [(str(user.pk), str(user)) for user in notifying.everybody()]
    return [(OWNER, gettext_lazy("the contact's owner")), *people]


class NotifyForm(forms.Form):
    """What is told, to whom, on which ways."""

    title = forms.CharField(
        label=gettext_lazy("What to tell"),
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy("Such as {{ contact.first_name }} asks for an offer."),
    )
    text = forms.CharField(
        label=pgettext_lazy("of a notice", "More about it"),
        max_length=LONGEST_NEWS,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("Tokens of the contact are filled in here, too."),
    )
    to = forms.MultipleChoiceField(
        label=gettext_lazy("Whom to tell"),
        choices=colleagues,
        initial=[OWNER],
        widget=forms.CheckboxSelectMultiple,
    )
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("How"),
        choices=WAYS,
        initial=[BELL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing ticked: behind the bell."),
    )

    def clean_title(self) -> str:
        """Check it as everywhere, and its tokens."""
        return _filled(checked(checking.title, self.cleaned_data["title"]))

    def clean_text(self) -> str:
        """Check its tokens."""
        return _filled(checked(checking.text, self.cleaned_data["text"]))

    def clean_to(self) -> list[int | str]:
        """Keep the numbers of users: settings are JSON."""
        if len(self.cleaned_data["to"]) > MOST_TOLD:
            words = _("At most %(most)d colleagues can be told.")
            raise ValidationError(words, "too_many", {"most": MOST_TOLD})
        return [one if one == OWNER else int(one) for one in self.cleaned_data["to"]]

    def clean_ways(self) -> list[str]:
        """Take nothing said for the bell."""
        return self.cleaned_data["ways"] or [BELL]


def _filled(text: str) -> str:
    if faults := filling.faults(text):
        raise ValidationError(
            _("Nothing can be put in for %(token)s."), "unknown_token", {"token": faults[0]}
        )
    return text
