"""Jobs of segments: builds, the regular rebuild, following time, and sweeping up."""

from datetime import timedelta

from kernel import clock
from kernel.jobs import Claimed, handles
from segments.services import building, following, sweeping
from segments.services.editing import SWEEP

FOLLOW = "segments.follow"
EVERY_MINUTE = timedelta(minutes=1)


@handles(building.BUILD)
def build(job: Claimed) -> None:
    """Build the segments that wait for it."""
    building.build(clock.now(), job.keep)


@handles(building.REBUILD)
def rebuild(job: Claimed) -> None:
    """Compare everybody, or the members of one segment, with the filters."""
    corrected = building.rebuild(job.args.get("segments"), clock.now(), job.keep)
    job.keep(corrected=sum(corrected.values()), segments=len(corrected))


@handles(FOLLOW)
def follow(job: Claimed) -> None:
    """Evaluate whom time alone has moved."""
    job.keep(candidates=following.follow(clock.now(), job.keep))


@handles(SWEEP)
def sweep(job: Claimed) -> None:
    """Delete members of segments and contacts that are gone."""
    job.keep(deleted=sweeping.sweep(job.keep))
