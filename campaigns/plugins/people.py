"""Campaigns' tables about contacts, for merging, handing out and forgetting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from campaigns.services import people
from kernel.contactdata import ContactData, Pairs, contact_data


@contact_data.register
class Visits(ContactData):
    """Ways through campaigns."""

    key = "campaigns.visits"
    label = _("Campaigns")
    counted = "visit"
    tables: ClassVar[Sequence[str]] = ("visit", "step", "step_log", "held_out", "source_due")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Hand the losers' ways to the winners."""
        people.merge(pairs, now)

    def export(self, contact: int) -> dict[str, Any]:
        """List the ways with their steps."""
        return {"campaigns": people.export(contact), "held_out_of": people.held_out(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """End the ways; figures stay, without the person."""
        people.forget(contacts, now)
