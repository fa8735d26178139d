"""Inactivity before and at its first look: checked, counted, and gone on with."""

import pytest

from campaigns.services import timing
from kernel import clock
from tests.campaigns.by_time import (
    DAY,
    FIRST,
    START,
    inactive,
    one_chunk,
    setting,
    somebody,
    visits,
)
from tests.journey import ok, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    return setting(monkeypatch)


def test_the_first_look_at_everybody_goes_on_after_it_was_killed(api, now, monkeypatch):
    crowd = [somebody(active=90) for _n in range(5)]
    campaign = run(api, FIRST, sources=inactive(), reentry="always")
    monkeypatch.setattr(timing, "CHUNK", 2)
    assert one_chunk(campaign)
    assert visits(*crowd) == [1, 1, 0, 0, 0]
    now(0.001)
    now(0.002)
    assert visits(*crowd) == [1] * 5


def test_a_first_look_that_was_stopped_goes_on_when_it_is_published_again(api, now):
    long, later = somebody(active=90), somebody(active=29.5)
    path = f"/api/v1/campaigns/{run(api, FIRST, sources=inactive())}"
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


def test_who_comes_in_is_counted_before_and_simulated(api, now):
    long, soon = somebody(active=90), somebody(active=20)
    body = {"name": "x", "graph": FIRST, "sources": inactive()}
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
    body = {"name": "x", "graph": FIRST, "sources": [{"inactive": config}]}
    [problem] = ok(api.post("/api/v1/campaigns", body), 400)["errors"]
    assert problem["field"] == f"sources.0.inactive.{place}"
