"""The action of a channel: send a message to contacts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.models import Message
from channels.services.channel import Channel
from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes
from kernel.rehearsals import Effect, Hindrance, People, Rehearsal


class SendForm(forms.Form):
    """Which message; the field is called as the channel calls its messages."""

    channel: ClassVar[Channel]

    def clean(self) -> dict[str, Any]:
        """Refuse a message that does not exist, or that goes to segments."""
        values: dict[str, Any] = super().clean() or {}
        name = self.channel.subject
        if name not in values:
            return values
        named = self.channel.messages().filter(pk=values[name])
        kind = named.values_list("type", flat=True).first()
        if kind is None:
            self.add_error(name, forms.ValidationError(_("There is no such object."), "not_found"))
        elif kind != Message.Type.TEMPLATE:
            words = self.channel.words.not_a_template
            self.add_error(name, forms.ValidationError(words, "not_a_template"))
        return values


class SendMessage(ContactAction):
    """Queues the message in the ledger; the sending workers do the rest."""

    channel: ClassVar[Channel]
    needs = "publish"

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write one row of the ledger for each contact and cause."""
        message = self._message()
        if message is None:
            return Outcomes(failed=self._gone(batch))
        skipped = self.channel.queue(
            message, batch.contacts, batch.causes, now, depth=batch.depth, context=batch.context
        )
        return Outcomes(skipped=skipped, wake={self.channel.queue_of(message)})

    @classmethod
    def hindrances(cls, configs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Say that a message is unpublished: everybody would be left out."""
        subject, words = cls.channel.subject, cls.channel.words.idle
        named = cls.channel.messages().filter(pk__in={config[subject] for config in configs})
        idle = named.exclude(state=Message.State.PUBLISHED)
        said = {pk: [str(words) % {subject: name}] for pk, name in idle.values_list("pk", "name")}
        return [said.get(config[subject], []) for config in configs]

    def rehearse(self, batch: Batch, now: datetime) -> Rehearsal:
        """Say what would hold the message back then; nothing is sent."""
        message = self._message()
        if message is None:
            return Rehearsal(failed=self._gone(batch))
        told: Rehearsal = self.channel.rehearse(message, batch, now)
        return told

    def foresee(self, people: People, now: datetime) -> dict[Hindrance, int] | None:
        """Count whom the message would not reach."""
        message = self._message()
        return None if message is None else self.channel.foresee(message, people, now)

    def effects(self, causes: str, owner: int | None = None) -> list[Effect]:
        """Count what was sent, and what people did with it."""
        counted: list[Effect] = self.channel.effects(self._number, causes, owner)
        return counted

    def describe(self) -> str:
        """Name the message."""
        return _("Send “%(name)s”") % {"name": self._name()}

    def done(self, count: int, shown: str) -> str:
        """Say that it is on its way."""
        words = ngettext(
            "“%(name)s” goes to %(count)s contact", "“%(name)s” goes to %(count)s contacts", count
        )
        return words % {"count": shown, "name": self._name()}

    def uses(self) -> list[tuple[str, int]]:
        """Point at the message."""
        return [(self.channel.subject, self._number)]

    @property
    def _number(self) -> int:
        number: int = self.config[self.channel.subject]
        return number

    def _message(self) -> Any:
        return self.channel.messages().filter(pk=self._number).first()

    def _gone(self, batch: Batch) -> dict[int, str]:
        return dict.fromkeys(batch.contacts, str(self.channel.words.gone))

    def _name(self) -> str:
        return subjects.names(self.channel.subject, [self._number]).get(self._number, "?")
