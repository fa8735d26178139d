"""REL-23: after days in which nothing ran, what is due runs once, in order, at a decent hour."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import StepLog
from kernel import clock, events
from kernel.events import Fact
from tests.journey import VISITED, bring, graph, node, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
# A Monday; three days later it is Thursday, half past two in the night.
BEFORE = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
AFTER = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
WAY = graph(
    [
        node("rest", "wait", **{"for": "1h"}),
        points("first"),
        node("asked", "decision", VISITED, within="6h"),
        points("yes", 10),
        points("no", 100),
        node("day", "wait", until={"from": "09:00", "to": "17:00"}),
        points("last", 1_000),
    ],
    "start>rest", "rest>first", "first>asked", "asked:yes>yes", "asked:no>no", "yes>day",
    "no>day", "day>last",
)  # fmt: skip


@pytest.fixture
def at(monkeypatch):
    def put(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    put(BEFORE)
    return put


def test_due_steps_run_once_in_order_and_wait_for_the_morning(api, at):
    contacts = people(5)
    campaign = run(api, WAY)
    bring(api, campaign, contacts)
    settle()
    at(AFTER)
    for _round in range(3):
        settle()
    # The decision waits from the arrival on: nobody was asked while nothing ran.
    assert totals(contacts) == [1] * 5
    at(AFTER + timedelta(hours=1))
    events.record(VISITED, [Fact(contacts[0], clock.now())], now=clock.now())
    settle()
    at(AFTER + timedelta(hours=6, minutes=1))
    settle()
    assert totals(contacts) == [11, 101, 101, 101, 101]
    at(AFTER + timedelta(hours=7))
    settle()
    assert totals(contacts) == [1_011, 1_101, 1_101, 1_101, 1_101]
    order = StepLog.objects.filter(contact_id=contacts[1]).order_by("at")
    names = list(order.values_list("node__name", flat=True))
    assert [name for name in names if name != "day"] == ["rest", "first", "asked", "no", "last"]


def test_what_happened_in_time_counts_though_nobody_listened(api, at):
    zoe, max_ = people(2)
    campaign = run(api, WAY)
    bring(api, campaign, [zoe, max_])
    settle()
    at(BEFORE + timedelta(hours=1, minutes=1))
    settle()
    in_time, too_late = BEFORE + timedelta(hours=5), BEFORE + timedelta(hours=9)
    for contact, moment in ((zoe, in_time), (max_, too_late)):
        events.record(VISITED, [Fact(contact, moment)], now=moment)
    at(AFTER)
    settle()
    assert totals([zoe, max_]) == [11, 101]
