"""Figures of a version and a time: the same as counting the ways themselves."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import CampaignNode, HeldOut, StepLog, Visit
from campaigns.services import figures as counting
from campaigns.services.held import claim_due
from campaigns.services.parking import fail
from contacts.models import Contact
from kernel import clock
from kernel.events import Fact, record
from tests.campaigns.versions import publish, publish_anew, redraw
from tests.journey import VISITED, bring, graph, node, ok, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
DRAWING = graph(
    [
        points("hello"),
        node("fork", "split", weights={"a": 1, "b": 1}),
        node("rest", "wait", **{"for": "5d"}),
        node("won", "goal", VISITED),
    ],
    "start>hello", "hello>fork", "fork:a>rest", "fork:b>rest",
)  # fmt: skip
COUNTED = ("came", "waiting", "done", "failed", "failures")


def get(api, campaign, path="statistics", status=200, **choice):
    return ok(api.get(f"/api/v1/campaigns/{campaign}/{path}", choice), status)


@pytest.fixture
def two(api, shift):
    """Six come by the first version, two of which win on the next day; four by the second."""
    crowd = people(10)
    campaign = run(api, DRAWING)
    bring(api, campaign, crowd[:6])
    settle()
    shift(timedelta(days=1))
    now = clock.now()
    record(VISITED, [Fact(one, now) for one in crowd[:2]], now=now)
    settle()
    publish_anew(api, campaign, in_flight="finish")
    shift(timedelta(days=1))
    bring(api, campaign, crowd[6:])
    settle()
    return campaign


def day(ago):
    return (clock.now() - timedelta(days=ago)).date().isoformat()


def whole(told):
    return [told[name] for name in ("contacts", "visits", "active", "left")]


def test_a_version_has_the_figures_of_its_ways(api, two):
    assert whole(get(api, two)) == [10, 10, 8, 2]
    first, second = (get(api, two, version=number) for number in (1, 2))
    assert whole(first) == [6, 6, 4, 2]
    assert whole(second) == [4, 4, 4, 0]
    assert [told["nodes"]["rest"]["waiting"] for told in (first, second)] == [4, 4]
    assert [told["nodes"]["won"]["yes"] for told in (first, second)] == [2, 0]
    fork = first["nodes"]["fork"]
    assert (fork["came"], fork["done"], sum(fork["branches"].values())) == (6, 6, 6)
    took = StepLog.objects.filter(node__name="fork", visit__in=Visit.objects.filter(edition=1))
    assert fork["branches"]["a"] == took.filter(outcome=100).count()


def test_a_step_that_is_drawn_no_more_keeps_its_figures(api, shift):
    crowd = people(3)
    campaign = run(api, graph([points("hello"), node("rest", "wait", **{"for": "5d"})],
                              "start>hello", "hello>rest"))  # fmt: skip
    bring(api, campaign, crowd)
    settle()
    redraw(api, campaign, graph([points("bye")], "start>bye"))
    publish(api, campaign, in_flight="move", moves={"rest": "bye"})
    settle()
    for choice in ({}, {"version": 1}):
        told = get(api, campaign, **choice)
        assert (told["nodes"]["rest"]["came"], told["nodes"]["hello"]["done"]) == (3, 3), choice
        assert told["removed"]["rest"]["kind"] == "wait"
        assert told["removed"]["rest"]["title"]
    second = get(api, campaign, version=2)
    assert set(second["nodes"]) == {"bye"}
    assert second["removed"] == {}


def test_a_time_has_the_figures_of_its_days_and_now_is_now(api, two):
    began = get(api, two, since=day(2), until=day(2))
    assert whole(began) == [6, 6, 8, 0]
    assert (began["nodes"]["hello"]["done"], began["nodes"]["rest"]["waiting"]) == (6, 8)
    won = get(api, two, since=day(1), until=day(1))
    assert (whole(won), won["nodes"]["won"]["yes"]) == ([0, 0, 8, 2], 2)
    assert won["nodes"]["hello"]["done"] == 0
    told = get(api, two, "days", since=day(1))["days"]
    assert [[one[key] for key in ("day", "entries", "leaves", "goals")] for one in told] == [
        [day(1), 0, 2, 2],
        [day(0), 4, 0, 0],
    ]
    assert get(api, two, "days", version=2)["days"] == told[1:]
    passed = get(api, two, "nodes/hello/chart", since=day(2), until=day(1))["days"]
    assert [one["passed"] for one in passed] == [6, 0]


def test_the_people_behind_a_number_follow_the_choice(api, two):
    for choice in ({"version": 1}, {"version": 2}, {"since": day(1)}, {"until": day(1)}):
        told = get(api, two, **choice)["nodes"]
        for step in ("hello", "fork", "rest", "won"):
            for figure in ("waiting", "done", "yes", "failed", "skipped"):
                path = f"nodes/{step}/contacts"
                found = get(api, two, path, figure=figure, **choice)["results"]
                assert len(found) == told[step][figure], (choice, step, figure)
        for branch, count in told["fork"]["branches"].items():
            behind = get(api, two, "nodes/fork/contacts", branch=branch, **choice)
            assert len(behind["results"]) == count


def test_goals_are_those_of_ways_that_began_then(api, two):
    assert get(api, two, "goals", version=1)["ways"] == {"contacts": 6, "reached": 2, "rate": 2 / 6}
    assert get(api, two, "goals", version=2)["ways"]["reached"] == 0
    assert get(api, two, "goals", since=day(2), until=day(2))["ways"]["contacts"] == 6
    assert get(api, two, "goals", since=day(1))["ways"]["contacts"] == 4


def test_who_is_held_out_belongs_to_the_version_of_that_time(api):
    crowd = people(40)
    campaign = run(api, DRAWING, holdout=50)
    bring(api, campaign, crowd[:20])
    settle()
    first = HeldOut.objects.count()
    publish_anew(api, campaign)
    bring(api, campaign, crowd[20:])
    settle()
    counts = [get(api, campaign, "goals", version=one)["held_out"]["contacts"] for one in (1, 2)]
    assert counts == [first, HeldOut.objects.count() - first]


def test_one_users_figures_follow_the_choice(api, api_dora, dora, two):
    from campaigns.models import Campaign

    Campaign.objects.filter(pk=two).update(owner=dora)
    Contact.objects.update(owner=dora)
    for choice in ({"version": 1}, {"version": 2}, {"since": day(1)}, {"until": day(2)}):
        mine, everybodys = (get(one, two, **choice) for one in (api_dora, api))
        # Those a goal took away from the wait came to it; told of them is nothing any more.
        for told in (mine, everybodys):
            del told["nodes"]["rest"]["came"]
        assert mine == everybodys
        assert get(api_dora, two, "days", **choice) == get(api, two, "days", **choice)
    Contact.objects.update(owner=None)
    assert whole(get(api_dora, two, version=1)) == [0, 0, 0, 0]
    assert get(api_dora, two, "days") == {"days": []}


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"version": "9"}, "version"),
        ({"version": ""}, "version"),
        ({"version": "x"}, "version"),
        ({"since": "yesterday"}, "since"),
        ({"since": ""}, "since"),
        ({"since": "2026-W47-1"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "2026-11-22", "until": "2026-11-21"}, "until"),
    ],
)
def test_a_choice_that_means_nothing_means_not_everybody(api, two, choice, field):
    for path in ("statistics", "days", "goals", "people", "nodes/hello/contacts", "parked"):
        [error] = get(api, two, path, 400, **choice)["errors"]
        assert error["field"] == field


def test_another_campaigns_version_is_none_of_this_one(api, two):
    other = run(api, DRAWING)
    get(api, other, status=400, version=2)


def test_folding_changes_no_figure(api, two):
    before = get(api, two, version=1), get(api, two, "days")
    while counting.fold(clock.now()):
        pass
    assert (get(api, two, version=1), get(api, two, "days")) == before


def test_a_branch_is_called_the_same_in_every_version(api, two):
    """jsonb orders weights by length and bytes: a new one may come before all others."""
    other = graph(
        [node("fork", "split", weights={"A": 1, "b": 0}), node("rest", "wait", **{"for": "5d"})],
        "start>fork", "fork:A>rest", "fork:b>rest",
    )  # fmt: skip
    before = get(api, two)["nodes"]["fork"]["branches"]
    for how in ("finish", "move"):
        redraw(api, two, other)
        publish(api, two, in_flight=how)
        newest = people(3, start=100 if how == "move" else 50)
        bring(api, two, newest)
        settle()
        came = 3 if how == "finish" else 6
        told = get(api, two)["nodes"]["fork"]["branches"]
        assert told == before | {"A": came}
        for name, count in told.items():
            behind = get(api, two, "nodes/fork/contacts", branch=name)["results"]
            assert len(behind) == count, name
    assert get(api, two, version=1)["nodes"]["fork"]["branches"].keys() == {"a", "b"}
    assert get(api, two, version=3)["nodes"]["fork"]["branches"] == {"A": 3, "b": 0}
    get(api, two, "nodes/fork/contacts", 400, branch="#2")
    assert get(api, two, "nodes/fork/contacts", branch="#9")["results"] == []


def test_goals_stay_goals_whatever_comes_after(api, two):
    """A version without the goal, those of before moved there: what was reached was reached."""
    without = graph([points("hello")], "start>hello")
    days = get(api, two, "days")["days"]
    for how in ("move", "finish", "move"):
        redraw(api, two, without)
        publish(api, two, in_flight=how)
        told = {one["day"]: one["goals"] for one in get(api, two, "days")["days"]}
        assert {name: count for name, count in told.items() if count} == {day(1): 2}
        assert get(api, two)["nodes"]["won"]["yes"] == 2
        assert get(api, two, "goals", version=1)["ways"]["reached"] == 2
        assert get(api, two, "goals")["ways"] is None
    assert sum(one["goals"] for one in days) == 2


def test_no_day_is_read_that_is_not_asked_for(api, two):
    """However long a campaign runs, its canvas reads as many rows."""
    while counting.fold(clock.now()):
        pass
    with CaptureQueriesContext(connection) as asked:
        get(api, two)
        get(api, two, version=1)
    assert "node_day" not in str(asked.captured_queries)
    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        get(api, two, since=day(0))
    [sql] = [one["sql"] for one in asked.captured_queries if "node_day" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        plan = str(cursor.fetchone()[0])
    assert re.search(r"node_day_pkey.{,300}Index Cond.{,300}day >= ", plan), plan


def test_who_fails_comes_again_or_is_moved_is_counted_where_it_happened(api, shift):
    """Parked twice and tried again, come anew, and moved to a step of the next version."""
    way = graph(
        [node("rest", "wait", **{"for": "1d"}), node("end", "wait", **{"for": "9d"})],
        "start>rest", "rest>end",
    )  # fmt: skip
    one, two, three = people(3)
    campaign = run(api, way, reentry="always")
    bring(api, campaign, [one, two, three])
    settle()
    first = CampaignNode.objects.get(campaign=campaign, name="rest").pk
    for _again in range(2):
        soon = clock.now() + timedelta(days=2)
        held = [step for step in claim_due(first, soon) if step.contact == one]
        fail(first, [(step, "Refused.") for step in held], clock.now(), hopeless=True)
        assert get(api, campaign, version=1)["nodes"]["rest"]["failed"] == 1
        ok(api.post(f"/api/v1/campaigns/{campaign}/retry", {"version": 1}, format="json"))
    shift(timedelta(hours=25))
    settle()
    bring(api, campaign, [two])
    settle()
    redraw(api, campaign, graph(
        [node("rest", "wait", **{"for": "1d"}), node("more", "wait", **{"for": "9d"})],
        "start>rest", "rest>more",
    ))  # fmt: skip
    publish(api, campaign, in_flight="move", moves={"end": "more"})
    told = {
        (ago, step): [get(api, campaign, **choice)["nodes"][step][name] for name in COUNTED]
        for ago, choice in (
            ("all", {"version": 1}),
            ("before", {"until": day(1)}),
            ("today", {"since": day(0), "version": 1}),
        )
        for step in ("rest", "more")
    }
    assert told == {
        ("all", "rest"): [4, 1, 3, 0, 2],
        ("all", "more"): [2, 2, 0, 0, 0],
        ("before", "rest"): [3, 1, 0, 0, 2],
        ("before", "more"): [0, 2, 0, 0, 0],
        ("today", "rest"): [1, 1, 3, 0, 0],
        ("today", "more"): [2, 2, 0, 0, 0],
    }
