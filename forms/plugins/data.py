"""What people sent is theirs: merged, handed out, forgotten, and forgotten by age."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from forms.services import people
from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.invariants import invariant
from kernel.retention import Keeping, declare


@contact_data.register
class Submissions(ContactData):
    """What a contact sent by forms."""

    key = "forms.submissions"
    label = _("Answers to forms")
    counted = "form_submission"
    tables: ClassVar[Sequence[str]] = ("form_submission",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Let what the losers sent be the winners'."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List what they sent."""
        return {"form_submissions": people.export(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Empty it."""
        people.forget(contacts)


declare(
    Keeping(
        key="forms.submissions",
        label=_("Answers to forms"),
        what=_("deleted; what was written to contacts and the history stays"),
        default=None,
        count=people.count_old,
        forget=people.forget_old,
        least=1,
    )
)
invariant(
    "forms.of_somebody",
    "Every submission that names a contact names one there is.",
    "SELECT s.id, s.contact_id FROM form_submission s LEFT JOIN contact c ON c.id = s.contact_id"
    " WHERE s.contact_id IS NOT NULL AND c.id IS NULL",
)
