"""Contacts go through a campaign: actions, conditions, waits, decisions, exits."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepLog, Visit
from kernel import clock, events
from kernel.events import Fact
from tests.journey import bring, figures, graph, node, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}


def test_a_condition_divides_and_a_wait_holds(api):
    contacts = people(6)
    drawing = graph(
        [
            points("give", 5),
            node("french", "condition", filter=FRENCH),
            node("rest", "wait", **{"for": "10m"}),
            points("more", 10),
        ],
        "start>give",
        "give>french",
        "french:yes>rest",
        "rest>more",
    )
    campaign = run(api, drawing)
    assert len(bring(api, campaign, contacts)["entered"]) == 6
    settle()
    assert totals(contacts) == [5] * 6
    assert figures(api, campaign) == {
        "give": {"done": 6},
        "french": {"done": 6, "yes": 3, "no": 3},
        "rest": {"waiting": 3},
        "more": {},
    }
    settle(clock.now() + timedelta(minutes=11))
    assert totals(contacts) == [5, 15] * 3
    assert statistics(api, campaign) | {"nodes": {}} == {
        "nodes": {},
        "contacts": 6,
        "visits": 6,
        "active": 0,
        "left": 6,
        "late_sources": [],
        "removed": {},
    }
    assert not Step.objects.exists()
    assert StepLog.objects.count() == 6 + 6 + 3 + 3
    assert Visit.objects.filter(left_at__isnull=False, reason=1).count() == 6


def test_a_decision_takes_yes_when_it_happens_and_no_when_time_is_over(api):
    contacts = people(2)
    drawing = graph(
        [
            node("asked", "decision", "shop.visited", within="1h", where={"page": "offer"}),
            points("yes", 1),
            points("no", 100),
        ],
        "start>asked",
        "asked:yes>yes",
        "asked:no>no",
    )
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    settle()
    now = clock.now()
    for contact, page in ((contacts[0], "offer"), (contacts[1], "blog")):
        events.record("shop.visited", [Fact(contact, now, data={"page": page})], now=now)
    settle()
    assert totals(contacts) == [1, 0]
    settle(now + timedelta(hours=1, seconds=5))
    assert totals(contacts) == [1, 100]
    assert figures(api, campaign)["asked"] == {"done": 2, "yes": 1, "no": 1}


def test_parallel_paths_meet_and_the_node_runs_once(api):
    contacts = people(3)
    drawing = graph(
        [
            points("left"),
            points("right"),
            node("rest", "wait", **{"for": "1h"}),
            points("meet", 10),
        ],
        "start>left",
        "start>right",
        "left>meet",
        "right>rest",
        "rest>meet",
    )
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [12] * 3
    assert statistics(api, campaign)["active"] == 3
    settle(clock.now() + timedelta(hours=2))
    assert totals(contacts) == [12] * 3
    assert statistics(api, campaign)["active"] == 0
