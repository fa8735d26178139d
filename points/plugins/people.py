"""What points keep about people, for merging, handing out and forgetting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.invariants import invariant
from points.services import people


@contact_data.register
class Scores(ContactData):
    """Points in groups, and what rules gave; the total stands among the fields."""

    key = "points.scores"
    label = _("Points")
    tables: ClassVar[Sequence[str]] = (
        *("point_score", "point_award", "point_tally", "point_idle", "point_firing"),
    )
    counted = "point_award"

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Add the scores up; what was given goes along."""
        people.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List scores, and what was given for what."""
        return people.export(contact)

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete them."""
        people.forget(contacts)


invariant(
    "points.of_somebody",
    "Every score and everything given is a contact's.",
    "SELECT s.group_id, s.contact_id FROM point_score s LEFT JOIN contact c ON c.id = s.contact_id"
    " WHERE c.id IS NULL UNION ALL"
    " SELECT a.rule_id, a.contact_id FROM point_award a LEFT JOIN contact c ON c.id = a.contact_id"
    " WHERE c.id IS NULL UNION ALL"
    " SELECT t.rule_id, t.contact_id FROM point_tally t LEFT JOIN contact c ON c.id = t.contact_id"
    " WHERE c.id IS NULL UNION ALL"
    " SELECT i.group_id, i.contact_id FROM point_idle i LEFT JOIN contact c ON c.id = i.contact_id"
    " WHERE c.id IS NULL UNION ALL"
    " SELECT f.trigger_id, f.contact_id FROM point_firing f"
    " LEFT JOIN contact c ON c.id = f.contact_id WHERE c.id IS NULL",
)
