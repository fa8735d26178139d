"""Closing a channel for people, and lifting what a colleague closed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from contacts.models import DoNotContact
from contacts.services import consent
from contacts.values import checked
from contacts.values.text import line
from contacts.words import Channel, Reason
from kernel import clock
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.locks import lock_contacts

CLOSE, OPEN = "close", "open"
LONGEST = 300


class ChannelForm(forms.Form):
    """Which channel, and whether it is closed or opened."""

    channel = forms.ChoiceField(label=_lazy("Channel"), choices=Channel.choices)
    what = forms.ChoiceField(
        label=_lazy("What to do"),
        choices=[(CLOSE, _lazy("do not contact")), (OPEN, _lazy("lift what was closed by hand"))],
        initial=CLOSE,
        help_text=_lazy(
            "What people said themselves, complaints and bounces stay as they are either way."
        ),
    )
    comment = forms.CharField(label=_lazy("Comment"), required=False, max_length=LONGEST)

    def clean_comment(self) -> str:
        """Check it as everywhere."""
        return checked(line, self.cleaned_data["comment"])


@contact_actions.register
class ChangeChannel(ContactAction):
    """Closes a channel by hand, or opens it where that is why it is closed."""

    key = "channels.change"
    label = _lazy("Close or open a channel")
    form = ChannelForm
    icon = "hand-stop"
    reversible = undoable = True

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Close or open it; whoever is closed by hand keeps the reason and the day of that."""
        ids = lock_contacts(batch.contacts)
        channel, said = self.config["channel"], self.config.get("comment", "")
        if self._closes:
            fresh = sorted(set(ids) - self._by_hand(ids))
            done = consent.close(fresh, channel, Reason.MANUAL, said, now, batch.depth)
            why = _("closed by hand already")
        else:
            # What is lifted can be taken back for those alone who had it.
            closed = self._by_hand(ids)
            done = consent.reopen(closed, channel, said, now, [Reason.MANUAL], batch.depth)
            why = _("not closed by hand")
        return Outcomes(skipped=dict.fromkeys(sorted(set(batch.contacts) - set(done)), why))

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep for whom it is to be closed, or what was said, when, and of whom."""
        if self._closes:
            return sorted(set(contacts) - self._by_hand(contacts))
        kept: dict[tuple[str, datetime], list[int]] = {}
        rows = self._rows(contacts).order_by("contact_id")
        for contact, comment, at in rows.values_list("contact_id", "comment", "at"):
            kept.setdefault((comment, at), []).append(contact)
        return [[comment, clock.iso(at), ids] for (comment, at), ids in kept.items()]

    def concerned(self, kept: Any) -> set[int]:
        """Return for whom it was closed, or opened."""
        return set(kept) if self._closes else {contact for *_said, ids in kept for contact in ids}

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Open it for whom it was closed, or close it as it was."""
        ids, channel = lock_contacts(contacts), self.config["channel"]
        if self._closes:
            return set(consent.reopen(set(kept) & set(ids), channel, "", now, [Reason.MANUAL]))
        open_now, back = set(ids) - self._by_hand(ids), set[int]()
        for comment, at, them in kept:
            done = consent.close(open_now & set(them), channel, Reason.MANUAL, comment, now)
            self._rows(done).update(at=clock.parse_instant(at))
            back.update(done)
        return back

    def describe(self) -> str:
        """Name the channel."""
        words = _("Do not contact by %(channel)s") if self._closes else _("Lift: %(channel)s")
        return words % {"channel": self._channel}

    def done(self, count: int, shown: str) -> str:
        """Say how they are reached from now on."""
        words = (
            ngettext(
                "%(count)s contact is no longer contacted by %(channel)s",
                "%(count)s contacts are no longer contacted by %(channel)s",
                count,
            )
            if self._closes
            else ngettext(
                "What was closed by hand is lifted for %(count)s contact (%(channel)s)",
                "What was closed by hand is lifted for %(count)s contacts (%(channel)s)",
                count,
            )
        )
        return words % {"count": shown, "channel": self._channel}

    @property
    def _closes(self) -> bool:
        return bool(self.config["what"] == CLOSE)

    @property
    def _channel(self) -> str:
        return str(Channel(self.config["channel"]).label)

    def _rows(self, contacts: Collection[int]) -> QuerySet[DoNotContact]:
        """Return what closes the channel by hand for these."""
        rows = DoNotContact.objects.filter(channel=self.config["channel"], reason=Reason.MANUAL)
        return rows.filter(contact__in=contacts)

    def _by_hand(self, contacts: Collection[int]) -> set[int]:
        """Return for whom of these it is closed by hand."""
        return set(self._rows(contacts).values_list("contact_id", flat=True))
