"""The ledger is personal data: merged, handed out, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from emails.services import people
from kernel.contactdata import ContactData, Pairs, contact_data


@contact_data.register
class Deliveries(ContactData):
    """Every message a contact was to get, and the captured mails among them."""

    key = "emails.deliveries"
    label = gettext_lazy("Emails")
    counted = "delivery"
    tables: ClassVar[Sequence[str]] = ("delivery",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Hand the messages over; a message both were to get is not sent twice."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List the messages with what became of them."""
        return {"emails": people.export(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Keep the figures; forget addresses, causes' contents and captured mails."""
        people.erase(contacts)
