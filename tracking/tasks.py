"""Daily work of tracking."""

from datetime import timedelta

from kernel import clock
from kernel.jobs import Claimed, handles
from kernel.schedule import scheduled
from tracking.services import verdicts


@handles("tracking.verdicts")
def forget_verdicts(job: Claimed) -> None:
    """Delete old reasons in slices."""
    while verdicts.forget(clock.now()):
        job.keep()


scheduled("tracking.verdicts", timedelta(days=1))
