"""Comparisons, sums and periods of behaviour: events and time move members, rebuilds no more."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from kernel import clock, events, preferences
from kernel.events import MACHINE, Fact
from kernel.jobs import enqueue
from segments.models import Segment
from segments.services import auditing
from tests.segments.scene import follow, inside, person
from tests.settle import settle

pytestmark = pytest.mark.django_db
BOUGHT, VIEWED, OWN = "orders.placed", "pages.viewed", "shop.visited"


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch, tmp_path):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    clock.move(datetime(2031, 6, 1, 8, tzinfo=UTC) - clock.now())
    events.type_id(OWN)


def happen(contact, key, verdict=None, ago=timedelta(0), **data):
    at = clock.now() - ago
    events.record(key, [Fact(contact, at, data=data, verdict=verdict)], now=at)
    settle()


def pass_time(**much: int) -> None:
    clock.move(timedelta(**much))
    enqueue("segments.follow", {}, now=clock.now())
    settle()


def corrections() -> int:
    enqueue(auditing.REBUILD, {}, now=clock.now())
    settle()
    return sum(Segment.objects.values_list("corrected", flat=True))


def test_events_move_members_by_what_they_hold():
    ann, bob = person(), person()
    prices = follow(
        {"event": VIEWED, "where": {"url": {"op": "contains", "value": "/prices"}}}, "prices"
    )
    rich = follow({"event": BOUGHT, "total": {"of": "amount", "op": "gte", "value": 100}}, "rich")
    poor = follow({"event": BOUGHT, "total": {"of": "amount", "op": "lt", "value": 100}}, "poor")
    assert (inside(prices), inside(rich), inside(poor)) == (set(), set(), {ann, bob})
    happen(ann, VIEWED, url="https://example.com/home")
    happen(ann, VIEWED, MACHINE, url="https://example.com/prices")
    assert inside(prices) == set()
    happen(ann, VIEWED, url="https://example.com/Prices?x=1")
    happen(bob, BOUGHT, order="1", amount="60.50", currency="EUR")
    assert (inside(prices), inside(rich)) == ({ann}, set())
    happen(bob, BOUGHT, order="2", amount="39.50", currency="EUR")
    assert (inside(rich), inside(poor)) == ({bob}, {ann})
    assert corrections() == 0


def test_sums_shrink_while_time_passes():
    ann = person()
    rich = follow(
        {"event": BOUGHT, "total": {"of": "amount", "op": "gt", "value": 50}, "within": "2d"}
    )
    happen(ann, BOUGHT, order="1", amount="30", currency="EUR")
    pass_time(days=1)
    happen(ann, BOUGHT, order="2", amount="30", currency="EUR")
    assert inside(rich) == {ann}
    pass_time(hours=23, minutes=59)
    assert inside(rich) == {ann}
    pass_time(minutes=2)
    assert inside(rich) == set()
    assert corrections() == 0


def test_days_of_a_period_move_at_midnight_of_the_workspace():
    preferences.put("workspace.timezone", "Europe/Paris")
    ann = person()
    lately = follow({"event": OWN, "after": {"days": -2}}, "lately")
    before = follow({"event": OWN, "before": "yesterday"}, "before")
    fixed = follow({"event": OWN, "before": "2031-06-02"}, "fixed")
    happen(ann, OWN)
    assert (inside(lately), inside(before), inside(fixed)) == ({ann}, set(), {ann})
    assert not Segment.objects.get(pk=fixed.pk).follows_time
    pass_time(hours=37, minutes=59)
    assert (inside(lately), inside(before)) == ({ann}, set())
    pass_time(minutes=2)
    assert (inside(lately), inside(before)) == (set(), {ann})
    pass_time(days=3)
    assert (inside(lately), inside(before), inside(fixed)) == (set(), {ann}, {ann})
    assert corrections() == 0


def test_who_did_it_last_long_ago_comes_in_by_time_and_goes_by_doing_it():
    ann = person()
    quiet = follow({"event": VIEWED, "which": "last", "before": {"days": -30}})
    happen(ann, VIEWED, url="https://example.com/")
    assert inside(quiet) == set()
    pass_time(days=31)
    assert inside(quiet) == {ann}
    happen(ann, VIEWED, url="https://example.com/")
    assert inside(quiet) == set()
    assert corrections() == 0


def test_sec_12_a_regular_expression_over_events_ends_in_time_and_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr("segments.services.evaluation.RISKY_MS", 200)
    ann = person()
    slow = follow(
        {"event": OWN, "where": {"note": {"op": "matches", "value": r"^(.*)(.*)\2\1$"}}}, "slow"
    )
    quick = follow({"event": OWN, "where": {"note": {"op": "starts_with", "value": "A"}}}, "quick")
    began = time.monotonic()
    happen(ann, OWN, note="a" * 9_000 + "b")
    assert time.monotonic() - began < 30
    assert Segment.objects.get(pk=slow.pk).state == "failed"
    assert inside(quick) == {ann}
