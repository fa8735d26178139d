"""The action that sends an email to colleagues about a contact."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.forms import MOST_TOLD, OWNER, colleagues
from emails.models import Email
from emails.plugins.actions import SendEmail, SendEmailForm
from emails.services.colleagues import Telling, tell
from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.exchanging import Exchange, exchanged
from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem
from notices.services.telling import MAILS


class SendToUsersForm(SendEmailForm):
    """Which email, and to whom."""

    to = forms.MultipleChoiceField(
        label=gettext_lazy("To whom"),
        choices=colleagues,
        initial=[OWNER],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each gets a mail of their own, about contacts they may see."),
    )

    def clean_to(self) -> list[int | str]:
        """Keep the numbers of users: settings are JSON."""
        if len(self.cleaned_data["to"]) > MOST_TOLD:
            words = _("At most %(most)d colleagues can be told.")
            raise ValidationError(words, "too_many", {"most": MOST_TOLD})
        return [one if one == OWNER else int(one) for one in self.cleaned_data["to"]]


@contact_actions.register
class SendToUsers(ContactAction):
    """Sends an email made here to the owner of each contact, or to chosen colleagues."""

    key = "emails.send_to_users"
    label = gettext_lazy("Email colleagues")
    form = SendToUsersForm
    icon = "mail-share"
    needs = "publish"
    reversible = True
    reaches_contacts: ClassVar[bool] = False
    pointing: ClassVar[frozenset[str] | None] = frozenset({"email"})

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Leave out colleagues who are not known by that name; the owner is told where none is."""
        found = super().exchanged(config, exchange)
        return {**found, "to": exchanged("user", config.get("to", []), exchange) or [OWNER]}

    @classmethod
    def hindrances(cls, configs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Say that an email is unpublished: nobody would be told."""
        return SendEmail.hindrances(configs)

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not give colleagues something to do."""
        super().check_reach(user, verb)
        if user.reach("tasks", "create") is Reach.NONE:
            words = _("This is not allowed.")
            raise ConfigProblem([{"field": "", "code": "not_allowed", "message": words}])

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write the mails of the whole batch."""
        email = Email.objects.filter(pk=self.config["email"]).first()
        if email is None:
            return Outcomes(failed=dict.fromkeys(batch.contacts, _("The email no longer exists.")))
        users = [one for one in self.config["to"] if one != OWNER]
        told = Telling(email, users, OWNER in self.config["to"])
        missed = tell(told, batch.contacts, batch.context, now)
        why = (
            _("There is nobody to tell: no owner, or nobody who may see this contact.")
            if email.state == Email.State.PUBLISHED
            else _("The email is not published.")
        )
        large = _("The email became too large with the values of this contact.")
        skipped = dict.fromkeys(missed.nobody, why) | dict.fromkeys(missed.too_large, large)
        return Outcomes(skipped=skipped, wake={MAILS})

    def describe(self) -> str:
        """Name the email."""
        number = self.config["email"]
        name = subjects.names("email", [number]).get(number, "?")
        return _("Send “%(email)s” to colleagues") % {"email": name}

    def uses(self) -> list[tuple[str, int]]:
        """Point at the email."""
        return [("email", self.config["email"])]
