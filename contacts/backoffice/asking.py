"""What the dialogs of bulk actions ask: each form gives the settings of a registered action."""

from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.backoffice import owners
from contacts.backoffice.names import Names
from contacts.services.doing import prepared
from kernel import subjects
from kernel.actions import ContactAction, contact_actions
from kernel.permissions import Reach
from kernel.registry import ConfigProblem

MOST_OFFERED = 1_000
NOBODY = "none"


class ActionForm(forms.Form):
    """A form for a user; `action` is the checked action once it is valid."""

    key: ClassVar[str]
    # Whether what it does with the action can be taken back, where the action can.
    undoable: ClassVar[bool] = True
    action: ContactAction

    def __init__(self, user: Any, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        self.offer()

    def offer(self) -> None:
        """Fill in what this user may choose."""

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the action's settings."""
        return values

    def clean(self) -> dict[str, Any]:
        """Have the action check what it is to do."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.action = prepared(self.key, self.config(values), self.user)
            except ConfigProblem as refused:
                self._tell(refused)
                return values
            return {**values, "action": self.action}
        return values

    def _tell(self, refused: ConfigProblem) -> None:
        """Say what is wrong beside the field it is about."""
        for problem in refused.problems:
            parts = str(problem["field"] or "").split(".")
            field = next((part for part in parts if part in self.fields), None)
            self.add_error(field, ValidationError(problem["message"], problem["code"]))

    def choose(self, name: str, kind: str, verb: str = "view") -> None:
        """Offer the objects of a kind that the user reaches; none is chosen beforehand."""
        field: Any = self.fields[name]
        single = [] if isinstance(field, forms.MultipleChoiceField) else [("", _("Choose…"))]
        field.choices = single
        if subjects.may_list(kind, self.user):
            seen = subjects.visible(kind, self.user).filter(**self._takes(name))
            rows = seen.order_by("name").values_list("pk", "name")
            pairs = [(str(key), label) for key, label in rows[:MOST_OFFERED]]
            beyond = subjects.beyond(kind, [int(key) for key, _label in pairs], self.user, verb)
            field.choices = [*single, *(pair for pair in pairs if int(pair[0]) not in beyond)]

    def _takes(self, name: str) -> dict[str, str]:
        """Return what the action says of the objects that this setting of it can name."""
        action = contact_actions.get(self.key)
        field = action.form.base_fields.get(name) if action else None
        return dict((getattr(field, "picks", None) or {}).get("query") or {})


class OwnForm(ActionForm):
    """What the action itself asks wherever it is chosen."""

    def offer(self) -> None:
        """Take its fields."""
        kind = contact_actions.get(self.key)
        self.fields.update(deepcopy(kind.form.base_fields) if kind else {})


class ChannelForm(OwnForm):
    """By which channel nobody writes to them any more."""

    key = "channels.change"


class TaskForm(OwnForm):
    """What a colleague is to do for each of them."""

    key = "tasks.create"


class EmailForm(ActionForm):
    """The email to send: one that is written to people one by one."""

    key = "emails.send"
    email = forms.ChoiceField(
        label=_lazy("Email"),
        error_messages={"required": _lazy("Choose the email they get.")},
        help_text=_lazy("Who unsubscribed or may not be written to is left out, as ever."),
    )

    def offer(self) -> None:
        """Offer what the user may send."""
        self.choose("email", "email", "publish")

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read the number."""
        return {"email": int(values["email"])}


class TextForm(ActionForm):
    """The text to send: one that is written to people one by one."""

    key = "sms.send"
    sms = forms.ChoiceField(
        label=_lazy("SMS"),
        error_messages={"required": _lazy("Choose the SMS they get.")},
        help_text=_lazy("Who unsubscribed or may not be written to is left out, as ever."),
    )

    def offer(self) -> None:
        """Offer what the user may send."""
        self.choose("sms", "sms", "publish")

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read the number."""
        return {"sms": int(values["sms"])}


class TagForm(ActionForm):
    """Tags to put on and take off, by name."""

    key = "tags.change"
    add = forms.CharField(
        label=_lazy("Put on"),
        required=False,
        max_length=2_000,
        widget=Names,
        help_text=_lazy("Separated by commas; new ones are made."),
    )
    remove = forms.CharField(
        label=_lazy("Take off"), required=False, max_length=2_000, widget=Names(makes=False)
    )

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Part the names."""
        return {name: _parted(values[name]) for name in ("add", "remove")}


def _parted(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class SegmentForm(ActionForm):
    """Segments to add people to, and to remove them from, as by hand."""

    key = "segments.change"
    add = forms.MultipleChoiceField(label=_lazy("Add to segments"), required=False)
    remove = forms.MultipleChoiceField(label=_lazy("Remove from segments"), required=False)

    def offer(self) -> None:
        """Offer the segments the user may change."""
        for name in ("add", "remove"):
            self.choose(name, "segment", "edit")

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read numbers."""
        return {name: [int(key) for key in values[name]] for name in ("add", "remove")}


class OwnerForm(ActionForm):
    """Whose they are from now on."""

    key = "contacts.update"
    owner = forms.ChoiceField(
        label=_lazy("Owner"),
        error_messages={"required": _lazy("Choose whose they are from now on.")},
    )

    def offer(self) -> None:
        """Offer all users, or oneself to whoever reaches only their own."""
        field: Any = self.fields["owner"]
        field.choices = [("", _("Choose…")), (str(self.user.pk), str(self.user))]
        if self.user.reach("contacts", "edit") is Reach.ALL:
            field.choices = [*field.choices, *owners.people(self.user), (NOBODY, _("nobody"))]

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Set the one field."""
        owner = values["owner"]
        return {"values": {"owner": None if owner == NOBODY else int(owner)}}


class PushForm(ActionForm):
    """The system they are pushed to."""

    key = "integrations.push"
    connection = forms.ChoiceField(
        label=_lazy("Connection"),
        error_messages={"required": _lazy("Choose where they are pushed.")},
        help_text=_lazy("What stands there of them is replaced by what stands here."),
    )

    def offer(self) -> None:
        """Offer the connections the user sees."""
        self.choose("connection", "connection")

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read the number."""
        return {"connection": int(values["connection"])}


class StageForm(ActionForm):
    """Where they stand from now on."""

    key = "stages.change"
    stage = forms.ChoiceField(
        label=_lazy("Stage"),
        error_messages={"required": _lazy("Choose the stage they are moved to.")},
    )
    backwards = forms.BooleanField(
        label=_lazy("Move people back, too"),
        required=False,
        help_text=_lazy("Otherwise who is in a later stage already stays there."),
    )

    def offer(self) -> None:
        """Offer the stages the user sees."""
        self.choose("stage", "stage")

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read the number."""
        return {"stage": int(values["stage"]), "backwards": values["backwards"]}


class PointsForm(ActionForm):
    """How many points more or less."""

    key = "points.adjust"
    delta = forms.IntegerField(label=_lazy("Points"), help_text=_lazy("Less than zero takes away."))


class CampaignForm(ActionForm):
    """Campaigns to bring people into."""

    key = "campaigns.change"
    add = forms.MultipleChoiceField(label=_lazy("Add to campaigns"), required=False)
    remove = forms.MultipleChoiceField(label=_lazy("Take out of campaigns"), required=False)

    def offer(self) -> None:
        """Offer the campaigns the user may change."""
        for name in ("add", "remove"):
            self.choose(name, "campaign", "edit")

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Read numbers."""
        return {name: [int(key) for key in values[name]] for name in ("add", "remove")}
