"""Time in tests of campaigns: set, followed until then, or followed a part of the way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from campaigns.graph.plan import plan_of
from campaigns.models import Campaign, SourceClock, Visit
from campaigns.services import gathering, timing
from contacts.models import Contact, ContactState
from kernel import clock, jobs, preferences
from tests.journey import graph, ok, people, points
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


def somebody(came: float = 400, active: float | None = None) -> int:
    """Make a contact that came, and was last active, so many days before the start."""
    [contact] = people(1)
    Contact.objects.filter(pk=contact).update(created_at=START - came * DAY)
    if active is not None:
        ContactState.objects.filter(pk=contact).update(last_active_at=START - active * DAY)
    return contact


def inactive(days: int = 30, **more: object) -> list[dict[str, object]]:
    return [{"inactive": {"days": days, **more}}]


def date_fields(api: APIClient) -> None:
    preferences.put("workspace.timezone", "Europe/Paris")
    for alias, kind in (("born", "date"), ("call_at", "datetime")):
        body = {"object": "contact", "label": alias.title(), "alias": alias, "type": kind}
        ok(api.post("/api/v1/fields", body), 201)


def date_source(field: str = "born", **more: object) -> list[dict[str, object]]:
    return [{"date": {"field": field, **more}}]


def person(**values: str | None) -> int:
    """Make somebody with these values, and perhaps a `timezone`."""
    [contact] = people(1)
    zone = values.pop("timezone", None)
    Contact.objects.filter(pk=contact).update(attrs=values, timezone=zone)
    return contact
