"""The ledger and the replies are personal data: merged, handed out, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from kernel.contactdata import ContactData, Pairs, contact_data
from sms.services import people


@contact_data.register
class Texts(ContactData):
    """Every text a contact was to get, what they wrote back, and the captured texts among them."""

    key = "sms.deliveries"
    label = gettext_lazy("SMS")
    counted = "sms_delivery"
    tables: ClassVar[Sequence[str]] = ("sms_delivery", "sms_receipt")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Hand the texts over; a text both were to get is not sent twice."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List the texts with what became of them, and the replies."""
        return {"sms": people.export(contact), "sms_replies": people.replies(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Keep the figures; forget numbers, causes' contents, replies and captured texts."""
        people.erase(contacts)
