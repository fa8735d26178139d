"""K1: publishing with people inside moves them to the steps the publisher names, once."""

from datetime import timedelta

import pytest

from campaigns.models import LeftFor, Step, Visit
from tests.campaigns.versions import in_flight, places, publish, publish_anew, redraw, standing
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
LONG = node("long", "wait", **{"for": "10h"})
OLD = graph([points("hello"), LONG, points("then")], "start>hello", "hello>long", "long>then")
NEW = graph(
    [points("hello"), node("short", "wait", **{"for": "1h"}), points("then", 10)],
    "start>hello", "hello>short", "short>then",
)  # fmt: skip


def inside(api, drawing, number=3):
    contacts = people(number)
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    settle()
    return campaign, contacts


def test_who_waits_on_a_removed_step_goes_on_from_another(api, shift):
    campaign, contacts = inside(api, OLD)
    redraw(api, campaign, NEW)
    assert standing(api, campaign) == {"long": ("gone", 3, 0), "then": ("changed", 0, 0)}
    [step] = [step for step in in_flight(api, campaign)["steps"] if step["step"] == "long"]
    assert (step["title"], step["versions"], step["kind"]) == ("10 hours", [1], "wait")
    publish(api, campaign, moves={"long": "short"})
    assert places() == {contact: ["short"] for contact in contacts}
    told = figures(api, campaign)
    # That they came to the step before is told of it, though nobody stands there.
    assert told.pop("long") == {}
    assert told == {"hello": {"done": 3}, "short": {"waiting": 3}, "then": {}}
    shift(timedelta(minutes=59))
    settle()
    assert totals(contacts) == [1] * 3
    # The hour counts from the move.
    shift(timedelta(minutes=2))
    settle()
    assert totals(contacts) == [11] * 3


def test_a_way_may_be_ended_on_a_step_that_stays(api):
    campaign, contacts = inside(api, OLD)
    publish(api, campaign, moves={"long": None})
    assert places() == {}
    assert set(Visit.objects.values_list("reason", flat=True)) == {LeftFor.STEP_GONE}
    assert totals(contacts) == [1] * 3


def test_published_twice_in_a_row_everybody_is_moved_twice(api, shift):
    campaign, contacts = inside(api, OLD)
    redraw(api, campaign, NEW)
    publish(api, campaign, moves={"long": "short"})
    third = graph([points("hello"), points("bye", 100)], "start>hello", "hello>bye")
    redraw(api, campaign, third)
    publish(api, campaign, moves={"short": "bye"}, note="No waiting any more")
    assert totals(contacts) == [101] * 3
    assert not Step.objects.exists()


def test_while_people_are_moved_nothing_else_is_published(api):
    campaign, _contacts = inside(api, OLD)
    redraw(api, campaign, NEW)
    publish(api, campaign, settled=False, moves={"long": "short"})
    answer = api.post(f"/api/v1/campaigns/{campaign}/publish", {}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "busy")
    settle()
    assert publish_anew(api, campaign)["published_version"] == 3


def test_who_stood_still_is_moved_without_losing_time(api, shift):
    campaign, contacts = inside(api, OLD)
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    shift(timedelta(days=3))
    redraw(api, campaign, NEW)
    publish(api, campaign, moves={"long": "short"})
    shift(timedelta(minutes=58))
    settle()
    assert totals(contacts) == [1] * 3
    shift(timedelta(minutes=3))
    settle()
    assert totals(contacts) == [11] * 3


@pytest.mark.parametrize(
    ("how", "field", "code"),
    [
        ({"moves": {"nowhere": "short"}}, "moves.nowhere", "unknown_step"),
        ({"moves": {"long": "nowhere"}}, "moves.long", "unknown_step"),
        ({"moves": {"long": "short"}, "in_flight": "finish"}, "moves", "contradiction"),
        ({"moves": {"long": 7.5}, "in_flight": "x"}, "in_flight", "invalid_choice"),
        ({"moves": ["long"]}, "moves", "not_a_dict"),
        ({"note": "x" * 501}, "note", "max_length"),
    ],
)
def test_moves_that_cannot_be_are_refused(api, how, field, code):
    campaign, _contacts = inside(api, OLD, 1)
    redraw(api, campaign, NEW)
    answer = api.post(f"/api/v1/campaigns/{campaign}/publish", how, format="json")
    assert answer.status_code == 400
    told = {(error["field"], error["code"]) for error in answer.json()["errors"]}
    assert (field, code) in told, told
    assert ok(api.get(f"/api/v1/campaigns/{campaign}"))["published_version"] == 1
