"""The action of the SMS channel: send a text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.rehearsals import Effect, Hindrance, People, Rehearsal
from kernel.settings_forms import picking
from sms.models import Text
from sms.services import foreseeing, queueing


class SendTextForm(forms.Form):
    """Which text."""

    sms = picking(
        "sms",
        forms.IntegerField(label=gettext_lazy("SMS"), min_value=1),
        query={"type": Text.Type.TEMPLATE},
    )

    def clean_sms(self) -> int:
        """Refuse a text that does not exist, or that goes to segments."""
        number: int = self.cleaned_data["sms"]
        kind = Text.objects.filter(pk=number).values_list("type", flat=True).first()
        if kind is None:
            raise forms.ValidationError(_("There is no such object."), "not_found")
        if kind != Text.Type.TEMPLATE:
            message = _("Only a text of type template is sent by an action.")
            raise forms.ValidationError(message, "not_a_template")
        return number


@contact_actions.register
class SendSms(ContactAction):
    """Queues the text in the ledger; the sending workers do the rest."""

    key = "sms.send"
    label = gettext_lazy("Send an SMS")
    form = SendTextForm
    icon = "message"
    needs = "publish"

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write one row of the ledger for each contact and cause."""
        text = self._text()
        if text is None:
            return Outcomes(failed=dict.fromkeys(batch.contacts, _("The text no longer exists.")))
        skipped = queueing.queue(
            text, batch.contacts, batch.causes, now, depth=batch.depth, context=batch.context
        )
        return Outcomes(skipped=skipped, wake={queueing.queue_of(text)})

    @classmethod
    def hindrances(cls, configs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Say that a text is unpublished: everybody would be left out."""
        named = Text.objects.filter(pk__in={config["sms"] for config in configs})
        idle = named.exclude(state=Text.State.PUBLISHED)
        words = _("“%(sms)s” is unpublished: nobody would get it. Publish the text first.")
        said = {pk: [words % {"sms": name}] for pk, name in idle.values_list("pk", "name")}
        return [said.get(config["sms"], []) for config in configs]

    def rehearse(self, batch: Batch, now: datetime) -> Rehearsal:
        """Say what would hold the text back then; nothing is sent."""
        text = self._text()
        if text is None:
            gone = _("The text no longer exists.")
            return Rehearsal(failed=dict.fromkeys(batch.contacts, gone))
        return foreseeing.rehearse(text, batch, now)

    def foresee(self, people: People, now: datetime) -> dict[Hindrance, int] | None:
        """Count whom the text would not reach."""
        text = self._text()
        return None if text is None else foreseeing.foresee(text, people, now)

    def effects(self, causes: str, owner: int | None = None) -> list[Effect]:
        """Count what was sent, delivered, clicked, answered."""
        return foreseeing.effects(self.config["sms"], causes, owner)

    def _text(self) -> Text | None:
        return Text.objects.filter(pk=self.config["sms"]).first()

    def describe(self) -> str:
        """Name the text."""
        return _("Send “%(sms)s”") % {"sms": self._name()}

    def done(self, count: int, shown: str) -> str:
        """Say that it is on its way."""
        words = ngettext(
            "“%(sms)s” goes to %(count)s contact",
            "“%(sms)s” goes to %(count)s contacts",
            count,
        )
        return words % {"count": shown, "sms": self._name()}

    def _name(self) -> str:
        number = self.config["sms"]
        return subjects.names("sms", [number]).get(number, "?")

    def uses(self) -> list[tuple[str, int]]:
        """Point at the text."""
        return [("sms", self.config["sms"])]
