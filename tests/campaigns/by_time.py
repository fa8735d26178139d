"""Time in tests of campaigns: set, followed until then, or followed a part of the way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.graph.plan import plan_of
from campaigns.models import Campaign, SourceClock, Visit
from campaigns.services import gathering, timing
from kernel import clock, jobs
from tests.journey import graph, points
from tests.settle import settle

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST = graph([points("first")], "start>first")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def setting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what sets the clock, to a moment or days after the start, and follows time."""

    def put(when: str | float, *, follow: bool = True) -> None:
        moment = at(when) if isinstance(when, str) else START + when * DAY
        monkeypatch.setattr(clock, "now", lambda: moment)
        if follow:
            jobs.enqueue("campaigns.time", {}, now=moment)
            settle()

    put(0, follow=False)
    return put


def one_chunk(campaign: str) -> bool:
    """Go as far as a worker that dies after the first people."""
    found = Campaign.objects.get(pk=campaign)
    plan = plan_of(found.published_id or 0)
    [source] = timing.sources(plan)
    gathering.gather(plan, source, clock.now())
    return timing.follow(
        plan.campaign, SourceClock.objects.get(campaign=campaign).mark, clock.now()
    )


def visits(*contacts: int) -> list[int]:
    return [Visit.objects.filter(contact_id=contact).count() for contact in contacts]


def inactive(days: int = 30, **more: object) -> list[dict[str, object]]:
    return [{"inactive": {"days": days, **more}}]
