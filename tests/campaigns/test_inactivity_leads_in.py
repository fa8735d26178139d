"""Whoever does nothing for so many days comes in: once for each spell, measured people alone."""

import pytest

from campaigns.services.saying import sources_said
from contacts.models.consent import Consent
from kernel import clock, events, jobs, preferences
from kernel.events import Fact
from tests.campaigns.by_time import DAY, FIRST, START, inactive, setting, somebody, visits
from tests.journey import ok, run
from tests.settle import settle
from tracking import spool

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    return setting(monkeypatch)


def opened(contact, when):
    events.record("emails.opened", [Fact(contact, when)], now=clock.now())


def test_who_is_inactive_comes_in_and_the_others_on_their_day(api, now):
    long, soon, never, new = somebody(active=90), somebody(active=28), somebody(), somebody(5)
    path = f"/api/v1/campaigns/{run(api, FIRST, sources=inactive(), reentry='after_leaving')}"
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


def test_re_entry_once_and_three_days_without_workers(api, now):
    zoe = somebody(active=28)
    run(api, FIRST, sources=inactive())
    now(5)
    now(5.001)
    assert visits(zoe) == [1]
    events.record("emails.clicked", [Fact(zoe, clock.now())], now=clock.now())
    settle()
    now(60)
    assert visits(zoe) == [1]


@pytest.mark.parametrize("unasked", [True, False])
def test_of_whom_nothing_may_be_seen_stays_out(api, now, unasked):
    preferences.put("tracking.measure_unasked", unasked)
    open_, closed, silent = somebody(), somebody(), somebody()
    purposes = ("open_tracking", "click_tracking", "web_tracking")
    for contact, state in ((open_, "granted"), (closed, "refused")):
        Consent.objects.bulk_create(
            Consent(contact_id=contact, purpose=purpose, state=state, at=START, topic_id=0)
            for purpose in purposes
        )
    run(api, FIRST, sources=inactive())
    run(api, FIRST, sources=inactive(kinds=["emails.opened"]))
    now(1)
    assert visits(open_, closed, silent) == [2, 0, 2 if unasked else 0]


def test_only_the_chosen_activities_count(api, now):
    reader, buyer = somebody(), somebody()
    for contact, key in ((reader, "emails.clicked"), (buyer, "orders.placed")):
        events.record(key, [Fact(contact, START - 5 * DAY)], now=START)
    settle()
    run(api, FIRST, sources=inactive(kinds=["emails.clicked", "emails.opened"]))
    now(1)
    assert visits(reader, buyer) == [0, 1]
    now(24)
    assert visits(reader, buyer) == [0, 1]
    now(26)
    assert visits(reader, buyer) == [1, 1]


def test_events_of_clients_may_be_what_counts(api, now):
    caller, silent = somebody(), somebody()
    events.record("calls.answered", [Fact(caller, START - 5 * DAY)], now=START)
    settle()
    assert ok(api.get("/api/v1/campaigns/steps"))["own_events"] == ["calls.answered"]
    # A filter or rule that asks for it numbers a key, which nobody has sent by that.
    events.type_id("calls.unheard_of")
    assert ok(api.get("/api/v1/campaigns/steps"))["own_events"] == ["calls.answered"]
    body = {"name": "Typed wrong", "graph": FIRST, "sources": inactive(kinds=["calls.unheard_of"])}
    [problem] = ok(api.post("/api/v1/campaigns", body), 400)["errors"]
    assert (problem["field"], problem["code"]) == ("sources.0.inactive.kinds", "unknown_event")
    run(api, FIRST, sources=inactive(kinds=["calls.answered"]))
    assert sources_said(inactive(kinds=["calls.answered"])) == [
        "For 30 days none of: calls.answered"
    ]
    now(1)
    assert visits(caller, silent) == [0, 1]
    now(24)
    assert visits(caller, silent) == [0, 1]
    now(26)
    assert visits(caller, silent) == [1, 1]


def test_other_kinds_or_days_let_nobody_in_again(api, now):
    zoe = somebody(active=90)
    opened(zoe, START - 80 * DAY)
    settle()
    path = f"/api/v1/campaigns/{run(api, FIRST, sources=inactive(), reentry='always')}"
    now(1)
    for changed in (inactive(20), inactive(20, kinds=["emails.clicked"]), inactive(30)):
        ok(api.patch(path, {"sources": changed}))
        assert ok(api.get(f"{path}/outlook"))["enters"] == 0
        ok(api.post(f"{path}/publish"))
        now(2)
    assert visits(zoe) == [1]


@pytest.mark.parametrize("where", ["in a spool", "as a change"])
def test_what_is_not_known_yet_may_be_an_activity(api, now, monkeypatch, where):
    zoe = somebody(active=28)
    run(api, FIRST, sources=inactive())
    now(1)
    if where == "in a spool":
        monkeypatch.setattr(spool, "waits", [lambda: START + 1.5 * DAY])
    else:
        now(1.5, follow=False)
        opened(zoe, clock.now())
    now(3, follow=False)
    jobs.enqueue("campaigns.time", {}, now=clock.now())
    queue = jobs.Jobs()
    while queue.work(clock.now()):
        pass
    assert visits(zoe) == [0]
    monkeypatch.setattr(spool, "waits", [])
    settle()
    now(3.001)
    assert visits(zoe) == [int(where == "in a spool")]
