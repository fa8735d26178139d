"""Jobs of segments: builds, the regular rebuild, following time, and sweeping up."""

from datetime import timedelta

from kernel.jobs import Claimed, Refusal, handles
from segments.services import auditing, building, following, sweeping
from segments.services.editing import SWEEP
from segments.services.turns import Turn

EVERY_MINUTE = timedelta(minutes=1)


@handles(building.BUILD)
def build(job: Claimed) -> None:
    """Build the segments that wait for it."""
    building.build(Turn.of(job))


@handles(auditing.REBUILD)
def rebuild(job: Claimed) -> None:
    """Compare everybody, or the members of one segment, with the filters.

    Ends as failed when members were wrong: an error to be looked at, though it is mended.
    """
    found = auditing.rebuild(job.args.get("segments"), Turn.of(job))
    wrong = {number: rows for number, rows in found.items() if rows}
    job.keep(corrected=sum(wrong.values()), segments=len(found))
    if wrong:
        raise Refusal(auditing.CORRECTED)


@handles(following.FOLLOW)
def follow(job: Claimed) -> None:
    """Evaluate whom time alone has moved."""
    job.keep(candidates=following.follow(Turn.of(job)))


@handles(SWEEP)
def sweep(job: Claimed) -> None:
    """Delete members of segments and contacts that are gone."""
    job.keep(deleted=sweeping.sweep(job.keep))
