"""How campaigns hear what happens: who enters, who leaves, whose decision is answered."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from campaigns.plugins.queues import STEPS
from campaigns.services import answering, listening
from kernel.changes import Changes
from kernel.subscribers import Subscriber, subscribers


@subscribers.register
class Follow(Subscriber):
    """Reacts last: what the segments concluded comes first."""

    key = "campaigns.follow"
    label = _("Campaigns")
    order = 80

    def react(self, changes: Changes, now: datetime) -> None:
        """Answer waiting decisions, then let contacts in and out in the order it happened."""
        happened = [change for change in changes.changes if change.event is not None]
        if not happened:
            return
        answered = answering.answer(happened, now, depth=changes.depth + 1)
        moved = listening.follow(happened, now, depth=changes.depth + 1, bulk=changes.bulk)
        if answered or moved:
            changes.wake.add(STEPS)
