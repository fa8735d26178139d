"""The queue of pushes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from integrations.services import asking, pushing
from kernel.queues import WorkQueue, queues


@queues.register
class Pushes(WorkQueue):
    """Calls of other systems."""

    key = asking.QUEUE
    label = _("Pushes to other systems")
    # Its own: a slow system holds up neither mails nor webhooks.
    hands = "push"

    def due(self, now: datetime) -> bool:
        """Ask the partial index of what is open."""
        return pushing.is_due(now)

    def work(self, now: datetime) -> bool:
        """Push some of them at once."""
        return pushing.deliver(now)
