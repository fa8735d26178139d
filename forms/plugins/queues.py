"""The queue of what forms do once they were sent."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from forms.services import carrying
from kernel.queues import WorkQueue, hint, queues


@queues.register
class Actions(WorkQueue):
    """What forms do for those who sent them."""

    key = "forms.actions"
    label = _("Forms")

    def due(self, now: datetime) -> bool:
        """Look for anything that was sent."""
        return carrying.is_due()

    def work(self, now: datetime) -> bool:
        """Carry out a batch of each form."""
        done, wake = carrying.carry_out(now)
        for key in wake:
            hint(key)
        return done > 0
