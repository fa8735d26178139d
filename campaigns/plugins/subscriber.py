"""How campaigns hear what happens: who enters, who leaves, whose decision is answered."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from campaigns.plugins.queues import STEPS
from campaigns.services import answering, listening, noticing, withdrawing
from campaigns.services.running import plans
from kernel.changes import Changes
from kernel.subscribers import Subscriber, subscribers


@subscribers.register
class Follow(Subscriber):
    """Reacts last: what the segments concluded comes first."""

    key = "campaigns.follow"
    label = _("Campaigns")
    order = 80

    def react(self, changes: Changes, now: datetime) -> None:
        """Let go whom the law withholds, then go by what happened, in its order."""
        depth = changes.depth + 1
        known = plans()
        withdrawing.withdraw(changes, now, depth=depth)
        moved = noticing.notice(known, changes, now, depth=depth)
        happened = [change for change in changes.changes if change.event is not None]
        if happened:
            moved += answering.answer(known, happened, now, depth=depth)
            moved += listening.follow(known, happened, now, depth=depth, bulk=changes.bulk)
        if moved:
            changes.wake.add(STEPS)
