"""The queue of posts, and the daily sweep."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.queues import WorkQueue, queues
from kernel.schedule import scheduled
from webhooks.services import claiming, delivering, people, posting

SWEEP, ASIDE = "webhooks.sweep", "webhooks.set_aside"


@queues.register
class Posts(WorkQueue):
    """Calls of other systems."""

    key = posting.QUEUE
    label = _("Calls of other systems")
    hands = "send"

    def due(self, now: datetime) -> bool:
        """Ask the partial index of what waits."""
        return delivering.is_due(now)

    def work(self, now: datetime) -> bool:
        """Call some of them at once."""
        return delivering.deliver(now)


@handles(SWEEP)
def sweep(_job: Claimed) -> None:
    """Forget what nobody asks about."""
    people.sweep(clock.now())


scheduled(SWEEP, timedelta(days=1))


@handles(ASIDE)
def set_aside(_job: Claimed) -> None:
    """Let what nobody asks about stand before nobody else."""
    claiming.set_aside(clock.now())


scheduled(ASIDE, timedelta(minutes=5))
