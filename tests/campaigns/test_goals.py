"""A goal takes people to it, wherever on the way they stand, once a way, and is counted."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepLog, Visit
from campaigns.services import seeking
from contacts.models import Contact
from kernel import clock, events, jobs
from kernel.events import Fact
from tests.journey import VISITED, bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
RICH = {"all": [{"field": "points", "op": "gte", "value": 50}]}
BOUGHT = node("won", "goal", "shop.bought")
LONG = [points("first"), node("rest", "wait", **{"for": "9d"}), points("last", 10)]
EDGES = ("start>first", "first>rest", "rest>last")
GOAL_REASON = 3


def buy(contacts, **data):
    now = clock.now()
    events.record("shop.bought", [Fact(contact, now, data=data) for contact in contacts], now=now)
    settle()


def test_an_event_takes_whoever_waits_to_the_goal_and_on(api, shift):
    zoe, max_ = people(2)
    drawing = graph([*LONG, BOUGHT, points("thanks", 100)], *EDGES, "won>thanks")
    campaign = run(api, drawing)
    bring(api, campaign, [zoe, max_])
    settle()
    buy([zoe])
    assert totals([zoe, max_]) == [101, 1]
    assert figures(api, campaign)["won"] == {"done": 1, "yes": 1}
    assert figures(api, campaign)["rest"] == {"waiting": 1}
    shift(timedelta(days=10))
    settle()
    assert totals([zoe, max_]) == [101, 11]


def test_a_goal_that_leads_nowhere_ends_the_way(api):
    [zoe] = people(1)
    campaign = run(api, graph([*LONG, BOUGHT], *EDGES))
    bring(api, campaign, [zoe])
    settle()
    buy([zoe])
    assert Visit.objects.get().reason == GOAL_REASON
    told = ok(api.get("/api/v1/events", {"contact": zoe, "type": "campaigns.left"}))["results"]
    assert told[0]["data"]["reason"] == "goal"


def test_an_event_counts_by_its_conditions_and_from_the_entry_on(api):
    [zoe] = people(1)
    buy([zoe], kind="car")
    drawing = graph([*LONG, node("won", "goal", "shop.bought", where={"kind": "car"})], *EDGES)
    campaign = run(api, drawing)
    bring(api, campaign, [zoe])
    settle()
    buy([zoe], kind="toy")
    assert figures(api, campaign)["won"] == {}
    buy([zoe], kind="car")
    assert figures(api, campaign)["won"] == {"done": 1, "yes": 1}


def test_a_filter_that_becomes_true_takes_to_the_goal(api):
    zoe, max_ = people(2)
    campaign = run(api, graph([*LONG, node("won", "goal", filter=RICH)], *EDGES))
    bring(api, campaign, [zoe, max_])
    settle()
    ok(api.post("/api/v1/actions", {"key": "points.adjust", "config": {"delta": 60},
                                    "contacts": [zoe]}), 202)  # fmt: skip
    settle()
    assert figures(api, campaign)["won"] == {"done": 1, "yes": 1}
    assert Step.objects.get().contact_id == max_


def test_who_is_there_already_takes_no_step_before_it(api):
    [zoe] = people(1)
    Contact.objects.filter(pk=zoe).update(country="FR")
    french = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    campaign = run(api, graph([*LONG, node("won", "goal", filter=french)], *EDGES))
    bring(api, campaign, [zoe])
    settle()
    assert totals([zoe]) == [0]
    assert figures(api, campaign)["won"] == {"done": 1, "yes": 1}


def test_a_goal_on_the_path_holds_or_lets_pass_as_drawn(api):
    zoe, max_ = people(2)
    holds = run(api, graph([BOUGHT, points("after")], "start>won", "won>after"))
    passes = run(api, graph([BOUGHT, points("no", 10)], "start>won", "won:no>no"))
    for campaign in (holds, passes):
        bring(api, campaign, [zoe, max_])
    settle()
    assert totals([zoe, max_]) == [10, 10]
    assert figures(api, holds)["won"] == {"waiting": 2}
    assert figures(api, passes)["won"] == {"done": 2, "no": 2}
    buy([zoe])
    assert totals([zoe, max_]) == [11, 10]
    assert figures(api, holds)["won"] == {"waiting": 1, "done": 1, "yes": 1}


def test_all_branches_end_at_the_goal_and_it_is_reached_once(api, shift):
    [zoe] = people(1)
    side = node("side", "wait", **{"for": "1d"})
    drawing = graph([*LONG, side, points("other", 5), BOUGHT, node("on", "wait", **{"for": "2d"})],
                    *EDGES, "start>side", "side>other", "won>on")  # fmt: skip
    campaign = run(api, drawing)
    bring(api, campaign, [zoe])
    settle()
    buy([zoe])
    buy([zoe])
    assert [step.node.name for step in Step.objects.all()] == ["on"]
    shift(timedelta(days=20))
    settle()
    assert totals([zoe]) == [1]
    assert StepLog.objects.filter(node__name="won").count() == 1


def test_goals_drawn_later_and_met_while_nothing_ran_are_found_at_publication(api):
    zoe, max_ = people(2)
    campaign = run(api, graph(LONG, *EDGES))
    bring(api, campaign, [zoe, max_])
    settle()
    buy([zoe])
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    buy([max_])
    ok(api.patch(f"/api/v1/campaigns/{campaign}", {"graph": graph([*LONG, BOUGHT], *EDGES)}))
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    assert figures(api, campaign)["won"] == {"done": 2, "yes": 2}


def test_a_filter_that_time_alone_makes_true_is_followed(api, shift):
    [zoe] = people(1)
    now = clock.now()
    events.record(VISITED, [Fact(zoe, now)], now=now)
    quiet = {"all": [{"event": VISITED, "within": "1d", "count": {"op": "eq", "value": 0}}]}
    campaign = run(api, graph([*LONG, node("won", "goal", filter=quiet)], *EDGES))
    bring(api, campaign, [zoe])
    settle()
    for hours, reached in ((20, 0), (5, 1)):
        jobs.enqueue(seeking.FOLLOW, {}, now=clock.now())
        settle()
        shift(timedelta(hours=hours))
        jobs.enqueue(seeking.FOLLOW, {}, now=clock.now())
        settle()
        assert figures(api, campaign)["won"].get("yes", 0) == reached
