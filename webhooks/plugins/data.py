"""How posts merge, are handed out and are forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.contactdata import ContactData, Pairs, contact_data
from webhooks.services import people


@contact_data.register
class Posts(ContactData):
    """What is on its way to other systems about somebody."""

    key = "webhooks.posts"
    label = _("Calls of other systems")
    tables: ClassVar[Sequence[str]] = ("webhook_post",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Give them to the winners."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """Return what is on its way."""
        return {"posts": people.everything(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete all of it."""
        people.forget(contacts)
