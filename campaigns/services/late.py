"""Sources of time whose question takes too long: asked less and less often, and told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from campaigns.graph import timed
from campaigns.models import Campaign, SourceClock
from campaigns.services import gathering, inactivity
from campaigns.services.saying import sources_said
from kernel import clock
from kernel.permissions import Actor

# How long a source rests whose question failed once, twice, more often: the others wait for it
# while it is asked, a minute at most.
RESTS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
MOST = 30_000


@dataclass(frozen=True)
class Late:
    """One source that lets nobody in for now."""

    # As the campaign says it.
    said: str
    failures: int
    # Until when it was followed. None: it has not begun.
    through: datetime | None
    retry_at: datetime | None
    # It follows a date, for which people come in late only so far.
    dated: bool
    # Some day came too long ago: whoever was due then does not come in any more.
    missed: bool
    # Whether an index on the field it reads would help.
    lacks_index: bool


def fail(campaign: int, mark: str, now: datetime) -> None:
    """Note that the question of a source could not be answered, and let it rest."""
    rows = SourceClock.objects.filter(campaign=campaign, mark=mark)
    for row in rows.filter(failures__lt=MOST):
        rest = RESTS[min(row.failures, len(RESTS) - 1)]
        rows.update(failures=F("failures") + 1, retry_at=now + rest)


def told(campaign: Campaign, user: Actor | None = None) -> list[Late]:
    """Return the sources of what runs that are late, in their order."""
    if campaign.published is None or campaign.state != Campaign.State.PUBLISHED:
        return []
    failing = SourceClock.objects.filter(campaign=campaign, failures__gt=0)
    clocks = {row.mark: row for row in failing}
    sources = campaign.published.sources if clocks else []
    return [
        _late(source, clocks[mark], user)
        for source in sources
        if timed.kind_of(source) and (mark := timed.mark(source)) in clocks
    ]


def _late(source: Mapping[str, Any], row: SourceClock, user: Actor | None) -> Late:
    spec = timed.field_of(source[timed.DATE]) if timed.DATE in source else None
    [said] = sources_said([dict(source)], user)
    lacks = spec is not None and spec.id is not None and not spec.indexed
    through = row.through if row.through > inactivity.EVER else None
    dated = timed.DATE in source
    missed = dated and row.through < clock.now() - gathering.LATEST
    return Late(said, row.failures, through, row.retry_at, dated, missed, lacks)
