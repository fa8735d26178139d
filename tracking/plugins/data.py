"""Visitors are personal data: merged, handed out, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.contactdata import ContactData, Pairs, contact_data
from tracking.services import people


@contact_data.register
class Visitors(ContactData):
    """The browsers a contact was recognised by."""

    key = "tracking.visitors"
    label = _("Browsers")
    counted = "visitor"
    tables: ClassVar[Sequence[str]] = ("visitor",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Let the losers' browsers lead to the winners."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List the browsers."""
        return {"visitors": people.export(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Forget the browsers, and what of theirs was not adopted yet."""
        people.erase(contacts)
