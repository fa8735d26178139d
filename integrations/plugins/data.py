"""How records in other systems merge, are handed out and are forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from integrations.services import people
from kernel.contactdata import ContactData, Pairs, contact_data


@contact_data.register
class Records(ContactData):
    """Under which ids somebody is known in other systems, and what goes there."""

    key = "integrations.records"
    label = _("Records in other systems")
    counted: ClassVar[str] = "integration_link"
    tables: ClassVar[Sequence[str]] = ("integration_link", "integration_push")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Give them to the winners."""
        people.merge(pairs, now)

    def export(self, contact: int) -> dict[str, Any]:
        """Return ids and pushes."""
        return people.everything(contact)

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete all of it here; the records there stay."""
        people.forget(contacts)
