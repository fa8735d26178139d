"""Points go up and down, for many contacts at once, and each change is an event."""

import pytest

from contacts.models import ContactState
from kernel import clock
from kernel.actions import contact_actions
from kernel.registry import ConfigProblem
from points.services.adjust import adjust
from tests.journey import ok, people, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
LARGEST = 2_147_483_647


def test_a_bulk_action_adjusts_points_and_tells_the_timeline(api):
    contacts = people(3)
    body = {"key": "points.adjust", "config": {"delta": -5}, "contacts": contacts[:2]}
    ok(api.post("/api/v1/actions", body), 202)
    settle()
    assert totals(contacts) == [-5, -5, 0]
    [event] = ok(api.get("/api/v1/events", {"contact": contacts[0], "type": "points.adjusted"}))[
        "results"
    ]
    assert event["data"] == {"delta": -5, "points": -5}


def test_the_total_stops_at_what_can_be_kept():
    [zoe] = people(1)
    ContactState.objects.filter(contact=zoe).update(points=LARGEST - 1)
    assert adjust([zoe], 1_000_000, clock.now()) == 1
    assert totals([zoe]) == [LARGEST]


def test_nobody_is_nothing_to_do():
    assert adjust([], 5, clock.now()) == 0
    assert adjust([999_999], 5, clock.now()) == 0


@pytest.mark.parametrize("delta", [0, "x", 1.5, 10**9, None, True])
def test_what_is_no_number_of_points_is_refused(delta):
    with pytest.raises(ConfigProblem):
        contact_actions.get("points.adjust").clean({"delta": delta})


def test_the_action_says_what_it_does():
    assert contact_actions.get("points.adjust")({"delta": 5}).describe() == "Adjust points by +5"
