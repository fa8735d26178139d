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
