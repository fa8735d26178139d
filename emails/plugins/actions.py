"""The action of the email channel: send an email."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emails.models import Email
from emails.services import foreseeing, queueing
from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.rehearsals import Effect, Hindrance, People, Rehearsal
from kernel.settings_forms import picking


class SendEmailForm(forms.Form):
    """Which email."""

    email = picking(
        "email",
        forms.IntegerField(label=gettext_lazy("Email"), min_value=1),
        query={"type": Email.Type.TEMPLATE},
    )

    def clean_email(self) -> int:
        """Refuse an email that does not exist, or that goes to segments."""
        number: int = self.cleaned_data["email"]
        kind = Email.objects.filter(pk=number).values_list("type", flat=True).first()
        if kind is None:
            raise forms.ValidationError(_("There is no such object."), "not_found")
        if kind != Email.Type.TEMPLATE:
            message = _("Only an email of type template is sent by an action.")
            raise forms.ValidationError(message, "not_a_template")
        return number


@contact_actions.register
class SendEmail(ContactAction):
    """Queues the email in the ledger; the sending workers do the rest."""

    key = "emails.send"
    label = gettext_lazy("Send an email")
    form = SendEmailForm
    icon = "mail"
    needs = "publish"

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write one row of the ledger for each contact and cause."""
        email = self._email()
        if email is None:
            return Outcomes(failed=dict.fromkeys(batch.contacts, _("The email no longer exists.")))
        skipped = queueing.queue(
            email, batch.contacts, batch.causes, now, depth=batch.depth, context=batch.context
        )
        return Outcomes(skipped=skipped, wake={queueing.queue_of(email)})

    @classmethod
    def hindrances(cls, configs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Say that an email is unpublished: everybody would be left out."""
        named = Email.objects.filter(pk__in={config["email"] for config in configs})
        idle = named.exclude(state=Email.State.PUBLISHED)
        words = _("“%(email)s” is unpublished: nobody would get it. Publish the email first.")
        said = {pk: [words % {"email": name}] for pk, name in idle.values_list("pk", "name")}
        return [said.get(config["email"], []) for config in configs]

    def rehearse(self, batch: Batch, now: datetime) -> Rehearsal:
        """Say what would hold the mail back then; nothing is sent."""
        email = self._email()
        if email is None:
            gone = _("The email no longer exists.")
            return Rehearsal(failed=dict.fromkeys(batch.contacts, gone))
        return foreseeing.rehearse(email, batch, now)

    def foresee(self, people: People, now: datetime) -> dict[Hindrance, int] | None:
        """Count whom the mail would not reach."""
        email = self._email()
        return None if email is None else foreseeing.foresee(email, people, now)

    def effects(self, causes: str, owner: int | None = None) -> list[Effect]:
        """Count what was sent, opened, clicked."""
        return foreseeing.effects(self.config["email"], causes, owner)

    def _email(self) -> Email | None:
        return Email.objects.filter(pk=self.config["email"]).first()

    def describe(self) -> str:
        """Name the email."""
        return _("Send “%(email)s”") % {"email": self._name()}

    def done(self, count: int, shown: str) -> str:
        """Say that it is on its way."""
        words = ngettext(
            "“%(email)s” goes to %(count)s contact",
            "“%(email)s” goes to %(count)s contacts",
            count,
        )
        return words % {"count": shown, "email": self._name()}

    def _name(self) -> str:
        number = self.config["email"]
        return subjects.names("email", [number]).get(number, "?")

    def uses(self) -> list[tuple[str, int]]:
        """Point at the email."""
        return [("email", self.config["email"])]
