"""The campaigns' queues: due steps, and figures to fold."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from campaigns.services import advancing, figures
from kernel.queues import WorkQueue, hint, queues

STEPS = "campaigns.steps"


@queues.register
class Steps(WorkQueue):
    """Contacts that may take their next step."""

    key = STEPS
    label = _("Campaign steps")

    def due(self, now: datetime) -> bool:
        """Ask the partial indexes of live steps."""
        return advancing.is_due(now)

    def work(self, now: datetime) -> bool:
        """Move one batch at a few nodes; more is due as long as something moves."""
        moved, wake = advancing.advance(now)
        for key in wake:
            hint(key)
        return moved > 0


@queues.register
class Figures(WorkQueue):
    """Differences of the canvas's figures."""

    key = "campaigns.figures"
    label = _("Campaign figures")

    def due(self, now: datetime) -> bool:
        """Look for a difference."""
        return figures.waiting_to_fold()

    def work(self, now: datetime) -> bool:
        """Fold them."""
        return figures.fold(now)
