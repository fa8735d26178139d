"""Whoever does nothing for so many days comes in: once for each spell, measured people alone."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import Visit
from campaigns.services import timing
from contacts.models import Contact, ContactState
from contacts.models.consent import Consent
from kernel import clock, events, jobs, preferences
from kernel.events import Fact
from tests.campaigns.by_time import one_chunk
from tests.journey import graph, ok, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DRAWN = graph([points("first")], "start>first")


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """Set the clock to so many days after the start; time is followed until then."""

    def put(days, follow=True):
        moment = START + days * DAY
        monkeypatch.setattr(clock, "now", lambda: moment)
        if follow:
            jobs.enqueue("campaigns.time", {}, now=moment)
            settle()

    put(0, follow=False)
    return put


@pytest.fixture
def somebody():
    """Make a contact that came, and was last active, so many days before the start."""

    def make(came=400, active=None):
        [contact] = people(1)
        Contact.objects.filter(pk=contact).update(created_at=START - came * DAY)
        if active is not None:
            ContactState.objects.filter(pk=contact).update(last_active_at=START - active * DAY)
        return contact

    return make


def inactive(days=30, **more):
    return [{"inactive": {"days": days, **more}}]


def visits(*contacts):
    return [Visit.objects.filter(contact_id=contact).count() for contact in contacts]


def test_who_is_inactive_comes_in_and_the_others_on_their_day(api, now, somebody):
    long, soon, never, new = somebody(active=90), somebody(active=28), somebody(), somebody(5)
    path = f"/api/v1/campaigns/{run(api, DRAWN, sources=inactive(), reentry='after_leaving')}"
    now(1)
    assert visits(long, soon, never, new) == [1, 0, 1, 0]
    now(2)
    now(2.001)
    assert visits(long, soon, never, new) == [1, 1, 1, 0]
    # Active again, another spell begins; new settings let nobody in twice for the same spell.
    events.record("emails.clicked", [Fact(long, clock.now())], now=clock.now())
    settle()
    ok(api.patch(path, {"sources": [*inactive(), *inactive(29)]}))
    ok(api.post(f"{path}/publish"))
    now(26)
    assert visits(long, soon, never, new) == [1, 1, 1, 1]
    now(33)
    now(40)
    assert visits(long, soon, never, new) == [2, 1, 1, 1]


def test_re_entry_once_and_three_days_without_workers(api, now, somebody):
    zoe = somebody(active=28)
    run(api, DRAWN, sources=inactive())
    now(5)
    now(5.001)
    assert visits(zoe) == [1]
    events.record("emails.clicked", [Fact(zoe, clock.now())], now=clock.now())
    settle()
    now(60)
    assert visits(zoe) == [1]


@pytest.mark.parametrize("unasked", [True, False])
def test_of_whom_nothing_may_be_seen_stays_out(api, now, somebody, unasked):
    preferences.put("tracking.measure_unasked", unasked)
    open_, closed, silent = somebody(), somebody(), somebody()
    purposes = ("open_tracking", "click_tracking", "web_tracking")
    for contact, state in ((open_, "granted"), (closed, "refused")):
        Consent.objects.bulk_create(
            Consent(contact_id=contact, purpose=purpose, state=state, at=START, topic_id=0)
            for purpose in purposes
        )
    run(api, DRAWN, sources=inactive())
    run(api, DRAWN, sources=inactive(kinds=["emails.opened"]))
    now(1)
    assert visits(open_, closed, silent) == [2, 0, 2 if unasked else 0]


def test_only_the_chosen_activities_count(api, now, somebody):
    reader, buyer = somebody(), somebody()
    for contact, key in ((reader, "emails.clicked"), (buyer, "orders.placed")):
        events.record(key, [Fact(contact, START - 5 * DAY)], now=START)
    settle()
    run(api, DRAWN, sources=inactive(kinds=["emails.clicked", "emails.opened"]))
    now(1)
    assert visits(reader, buyer) == [0, 1]
    now(24)
    assert visits(reader, buyer) == [0, 1]
    now(26)
    assert visits(reader, buyer) == [1, 1]


def test_the_first_look_at_everybody_goes_on_after_it_was_killed(api, now, somebody, monkeypatch):
    crowd = [somebody(active=90) for _n in range(5)]
    campaign = run(api, DRAWN, sources=inactive(), reentry="always")
    monkeypatch.setattr(timing, "CHUNK", 2)
    assert one_chunk(campaign)
    assert visits(*crowd) == [1, 1, 0, 0, 0]
    now(0.001)
    now(0.002)
    assert visits(*crowd) == [1] * 5


def test_a_first_look_that_was_stopped_goes_on_when_it_is_published_again(api, now, somebody):
    long, later = somebody(active=90), somebody(active=29.5)
    path = f"/api/v1/campaigns/{run(api, DRAWN, sources=inactive())}"
    ok(api.post(f"{path}/unpublish"))
    now(0.1)
    assert ok(api.get(f"{path}/outlook"))["enters"] == 1
    ok(api.post(f"{path}/publish"))
    now(0.2)
    assert visits(long, later) == [1, 0]
    # What comes while nothing runs leads nobody in, unless one says so.
    ok(api.post(f"{path}/unpublish"))
    now(1)
    assert ok(api.get(f"{path}/outlook?catch_up=true"))["enters"] == 1
    ok(api.post(f"{path}/publish"))
    now(2)
    assert visits(long, later) == [1, 0]


def test_who_comes_in_is_counted_before_and_simulated(api, now, somebody):
    long, soon = somebody(active=90), somebody(active=20)
    body = {"name": "x", "graph": DRAWN, "sources": inactive()}
    path = f"/api/v1/campaigns/{ok(api.post('/api/v1/campaigns', body), 201)['id']}"
    told = ok(api.get(f"{path}/outlook"))
    assert (told["enters"], told["ahead"]) == (1, {"days": 30, "enters": 1})
    assert ok(api.get(f"{path}/draft"))["sources"] == ["Inactive for 30 days"]
    when = clock.iso(START + 10 * DAY)
    simulated = ok(api.post(f"{path}/simulate", {"contact": soon}))
    assert (simulated["enters_at"], simulated["moments"][0]["arrived_at"]) == (when, when)
    assert ok(api.post(f"{path}/simulate", {"contact": long}))["enters_at"] is None
    ok(api.post(f"{path}/publish"))
    now(0.001)
    assert visits(long, soon) == [1, 0]
    assert ok(api.get(f"{path}/outlook"))["enters"] == 0


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({}, "days"),
        ({"days": 0}, "days"),
        ({"days": True}, "days"),
        ({"days": "30"}, "days"),
        # No choice is no choice, and not everything.
        ({"days": 30, "kinds": []}, "kinds"),
        ({"days": 30, "kinds": ["emails.sent"]}, "kinds"),
        ({"days": 30, "since": 1}, "since"),
    ],
)
def test_inactivity_that_cannot_be_is_refused(api, config, place):
    body = {"name": "x", "graph": DRAWN, "sources": [{"inactive": config}]}
    [problem] = ok(api.post("/api/v1/campaigns", body), 400)["errors"]
    assert problem["field"] == f"sources.0.inactive.{place}"
