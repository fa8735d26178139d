"""What points offer to campaigns, forms and bulk actions."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from points.forms import AdjustForm
from points.services.adjust import adjust


@contact_actions.register
class AdjustPoints(ContactAction):
    """Add points or take them away."""

    key = "points.adjust"
    label = gettext_lazy("Adjust points")
    form = AdjustForm
    icon = "target-arrow"
    reversible = True

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Change everybody's points in one statement."""
        adjust(batch.contacts, self.config["delta"], now, depth=batch.depth, bulk=batch.bulk)
        return Outcomes()

    def describe(self) -> str:
        """Say by how many."""
        return _("Adjust points by %(delta)s") % {"delta": f"{self.config['delta']:+d}"}
