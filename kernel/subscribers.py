"""Who reacts to change sets, and in what order: each app registers its own in `plugins.py`."""

from datetime import datetime
from typing import ClassVar

from kernel.changes import Changes
from kernel.registry import Plugin, Registry


class Subscriber(Plugin):
    """Reacts to changes inside the dispatcher's transaction: set-based, quick, no outside effect.

    Slow work is a row that a queue takes later: add the queue's key to `changes.wake`.
    """

    # Lower reacts first: what concludes (activity 10, segments 50) before what acts (campaigns 80).
    order: ClassVar[int] = 50

    def react(self, changes: Changes, now: datetime) -> None:
        """React to the changes of one lane; reactions are recorded at `changes.depth + 1`."""
        raise NotImplementedError


subscribers: Registry[Subscriber] = Registry(Subscriber)


def in_order() -> list[Subscriber]:
    """Return the subscribers, first to react first."""
    return [kind() for kind in sorted(subscribers, key=lambda kind: kind.order)]
