"""How notes and tasks merge, are handed out and are forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from desk.services import people
from kernel.contactdata import ContactData, Pairs, contact_data


@contact_data.register
class Desk(ContactData):
    """What colleagues wrote about somebody, and what they had to do."""

    key = "desk"
    label = _("Notes and tasks")
    tables: ClassVar[Sequence[str]] = ("note", "task")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Give all of it to the winners."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """Return every text."""
        return people.everything(contact)

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete all of it."""
        people.forget(contacts)
