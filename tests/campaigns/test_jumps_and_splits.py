"""Jumps raise the pass and stop at a limit; splits divide by weight; exits end everything."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepLog, StepState, Visit
from kernel import clock
from tests.journey import bring, figures, graph, node, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
POOR = {"all": [{"field": "points", "op": "lt", "value": 5}]}


def test_a_jump_goes_round_until_the_condition_lets_go(api):
    contacts = people(3)
    drawing = graph(
        [
            points("give", 2),
            node("poor", "condition", filter=POOR),
            node("back", "jump", to="give"),
        ],
        "start>give",
        "give>poor",
        "poor:yes>back",
    )
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [6] * 3
    assert figures(api, campaign)["give"] == {"done": 9}
    assert set(StepLog.objects.values_list("number", flat=True)) == {1, 2, 3}


def test_an_endless_jump_is_parked_after_a_hundred_rounds(api):
    [zoe] = people(1)
    drawing = graph([points("give"), node("back", "jump", to="give")], "start>give", "give>back")
    campaign = run(api, drawing)
    bring(api, campaign, [zoe])
    settle()
    assert totals([zoe]) == [100]
    parked = Step.objects.get()
    assert (parked.state, parked.number) == (StepState.PARKED, 100)
    assert "100" in parked.error


def test_a_split_divides_by_weight(api):
    contacts = people(400)
    drawing = graph(
        [
            node("half", "split", weights={"a": 3, "b": 1, "never": 0}),
            points("a"),
            points("b"),
            points("never"),
        ],
        "start>half",
        "half:a>a",
        "half:b>b",
        "half:never>never",
    )
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    settle()
    found = figures(api, campaign)
    assert found["a"]["done"] + found["b"]["done"] == 400
    assert 250 < found["a"]["done"] < 350
    assert found["never"] == {}


def test_a_split_draws_the_same_branch_for_a_contact_every_time(api):
    contacts = people(40)
    half = node("half", "split", weights={"a": 1, "b": 1})
    drawing = graph([half, points("a"), points("b", 100)], "start>half", "half:a>a", "half:b>b")
    campaign = run(api, drawing, reentry="after_leaving")
    for _time in range(3):
        bring(api, campaign, contacts)
        settle()
    assert set(totals(contacts)) == {3, 300}


def test_a_split_by_filter_takes_the_first_that_means_the_contact(api):
    contacts = people(4)
    french = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    rich = {"all": [{"field": "points", "op": "gte", "value": 5}]}
    branches = [{"label": "rich", "filter": rich}, {"label": "fr", "filter": french}]
    first = node("by", "split", branches=[*branches, {"label": "rest"}])
    drawing = graph(
        [first, points("rich", 10), points("fr", 100), points("rest", 1000)],
        "start>by", "by:rich>rich", "by:fr>fr", "by:rest>rest",
    )  # fmt: skip
    campaign = run(api, drawing, reentry="after_leaving")
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [1000, 100, 1000, 100]
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [1010, 110, 1010, 110]


def test_whom_no_branch_means_goes_no_further(api):
    contacts = people(2)
    french = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    by = node("by", "split", branches=[{"label": "fr", "filter": french}])
    campaign = run(api, graph([by, points("fr")], "start>by", "by:fr>fr"))
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [0, 1]
    assert figures(api, campaign)["by"] == {"done": 2}
    assert not Visit.objects.filter(left_at=None).exists()


def test_an_exit_ends_the_other_branches_too(api):
    [zoe] = people(1)
    drawing = graph(
        [
            node("long", "wait", **{"for": "2h"}),
            node("short", "wait", **{"for": "1h"}),
            node("out", "exit"),
            points("never"),
        ],
        "start>long",
        "start>short",
        "short>out",
        "long>never",
    )
    campaign = run(api, drawing)
    bring(api, campaign, [zoe])
    settle()
    settle(clock.now() + timedelta(hours=1, minutes=1))
    assert not Step.objects.exists()
    assert Visit.objects.get().reason == 2
    settle(clock.now() + timedelta(hours=3))
    assert totals([zoe]) == [0]
