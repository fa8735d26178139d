"""One turn of a long job on segments: how far it came, its lease, and when others have theirs."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kernel.jobs import Claimed, Unfinished
from kernel.models import Job
from segments.services.plan import Pack

# Well below the time limit of a task, so that a pack begun in time also ends in time.
SECONDS = 60.0
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


def _nothing(*_length: timedelta, **_progress: Any) -> None:
    """Nobody else holds the work."""


@dataclass
class Turn:
    """What a build or a rebuild knows of the job it works for; without one, it works alone."""

    job: int | None = None
    progress: dict[str, Any] = field(default_factory=dict)
    save: Callable[..., None] = _nothing
    # Lengthens the lease, so that it outlasts a statement that may take so long.
    hold: Callable[[timedelta], None] = _nothing
    ends: float = math.inf

    @classmethod
    def of(cls, claimed: Claimed) -> "Turn":
        """Begin a turn of a job."""
        ends = time.monotonic() + SECONDS
        return cls(claimed.id, claimed.progress, claimed.keep, claimed.hold, ends)

    def keep(self, **progress: Any) -> None:
        """Save how far it came, in the transaction of the work itself."""
        self.progress.update(progress)
        self.save(**progress)

    def pause(self) -> None:
        """Give way to others when the turn is over; the job goes on from what was saved."""
        if time.monotonic() > self.ends:
            raise Unfinished

    def left(self, packs: Iterable[Pack]) -> Iterator[Pack]:
        """Walk the packs that are still to be done of the present slice."""
        return (pack for pack in packs if not pack.segments <= set(self.progress["done"]))

    def did(self, pack: Pack) -> None:
        """Save that a pack is done for this slice, and give way when the turn is over."""
        self.keep(done=sorted({*self.progress["done"], *pack.segments}))
        self.pause()

    def is_second(self, kind: str) -> bool:
        """Say whether an earlier job does the same regular work already."""
        if self.job is None:
            return False
        open_ones = Job.objects.filter(kind=kind, args={}, state__in=OPEN)
        return open_ones.filter(pk__lt=self.job).exists()
