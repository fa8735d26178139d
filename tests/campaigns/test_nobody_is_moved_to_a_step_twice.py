"""K1: whoever is moved arrives once, wherever they stood: twice at a step, deciding, parked."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepState, Visit
from kernel import clock, events
from kernel.events import Fact
from tests.campaigns.counting import count
from tests.campaigns.test_people_inside_are_moved import LONG, NEW, OLD, inside
from tests.campaigns.versions import places, publish, redraw, standing
from tests.journey import VISITED, figures, graph, node, points, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_nobody_takes_a_step_twice(api):
    """Moved to a step they have been at in this pass, they go no further."""
    campaign, contacts = inside(api, OLD)
    redraw(api, campaign, NEW)
    publish(api, campaign, moves={"long": "hello"})
    assert totals(contacts) == [1] * 3
    assert places() == {}


def test_who_decides_and_who_is_parked_is_moved_too(api, shift):
    drawing = graph(
        [node("asked", "decision", VISITED), node("broken", "action", "points.adjust", delta=1),
         points("yes", 5)],
        "start>asked", "start>broken", "asked:yes>yes",
    )  # fmt: skip
    campaign, contacts = inside(api, drawing, 2)
    # The action is done at once; a decision alone is left. Park it as a failing one would be.
    [zoe, max_] = contacts
    Step.objects.filter(contact_id=max_).update(state=StepState.PARKED, error="refused")
    count(campaign, "asked", waiting=-1, failed=1)
    other = graph(
        [node("again", "decision", VISITED, within="1h"), points("yes", 5), points("no", 7)],
        "start>again", "again:yes>yes", "again:no>no",
    )  # fmt: skip
    redraw(api, campaign, other)
    assert standing(api, campaign)["asked"] == ("gone", 1, 1)
    publish(api, campaign, moves={"asked": "again"})
    assert figures(api, campaign)["again"] == {"waiting": 2}
    now = clock.now()
    events.record(VISITED, [Fact(max_, now)], now=now)
    settle()
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe, max_]) == [8, 6]


def test_parallel_branches_moved_to_one_step_arrive_once(api):
    two = graph(
        [LONG, node("other", "wait", **{"for": "5h"}), points("a"), points("b")],
        "start>long", "start>other", "long>a", "other>b",
    )  # fmt: skip
    campaign, contacts = inside(api, two)
    redraw(api, campaign, graph([points("end", 3)], "start>end"))
    publish(api, campaign, moves={"long": "end", "other": "end"})
    assert totals(contacts) == [3] * 3
    assert not Visit.objects.filter(left_at=None).exists()


def test_steps_may_change_places(api):
    two = graph(
        [LONG, node("other", "wait", **{"for": "5h"})], "start>long", "start>other"
    )  # fmt: skip
    campaign, contacts = inside(api, two, 2)
    Step.objects.filter(contact_id=contacts[0], node__name="other").delete()
    Step.objects.filter(contact_id=contacts[1], node__name="long").delete()
    for name in ("long", "other"):
        count(campaign, name, waiting=-1)
    publish(api, campaign, moves={"long": "other", "other": "long"})
    assert places() == {contacts[0]: ["other"], contacts[1]: ["long"]}
