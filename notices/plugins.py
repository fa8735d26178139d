"""How notices merge, are handed out, are forgotten and grow old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.processing import Processing, declare
from kernel.retention import Keeping
from kernel.retention import declare as keep
from notices.models import Notice
from notices.services import people


@contact_data.register
class Notices(ContactData):
    """What colleagues were told of somebody."""

    key = "notices"
    label = gettext_lazy("Notices to colleagues")
    tables: ClassVar[Sequence[str]] = ("notice",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Let them speak of the winners."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """Return every text."""
        return {"notices": people.everything(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete all of them."""
        people.forget(contacts)


keep(
    Keeping(
        key="notices.notices",
        label=gettext_lazy("Notices"),
        what=gettext_lazy("deleted"),
        default=90,
        count=people.count_older,
        forget=people.forget_older,
    )
)

declare(
    Processing(
        key="notices.telling",
        label=gettext_lazy("Notices to colleagues"),
        purpose=gettext_lazy("Tell colleagues in time what asks for them"),
        whose=gettext_lazy("contacts"),
        basis=gettext_lazy("legitimate interest, or a contract"),
        data=lambda: [_("what the notice names, with its time")],
        covers=("notices", "accounts.mails"),
        kept=("notices.notices",),
        happens=lambda: Notice.objects.filter(contact_id__isnull=False).exists(),
    )
)
