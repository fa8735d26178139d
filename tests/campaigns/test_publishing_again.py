"""REL-21: publishing, unpublishing and editing while contacts are on their way."""

from datetime import timedelta

import pytest

from campaigns.models import Step
from kernel import clock, events
from kernel.events import Fact
from tests.journey import bring, figures, graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAITING = graph([node("rest", "wait", **{"for": "10h"}), points("then")], "start>rest", "rest>then")


def change(api, campaign, **values):
    ok(api.patch(f"/api/v1/campaigns/{campaign}", values))


def publish(api, campaign, **how):
    answer = ok(api.post(f"/api/v1/campaigns/{campaign}/publish", how))
    settle()
    return answer


def unpublish(api, campaign):
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))


def test_nothing_runs_while_unpublished_and_no_storm_follows(api, shift):
    contacts = people(4)
    campaign = run(api, WAITING)
    bring(api, campaign, contacts)
    settle()
    shift(timedelta(hours=4))
    unpublish(api, campaign)
    shift(timedelta(days=5))
    settle()
    assert totals(contacts) == [0] * 4
    publish(api, campaign)
    assert totals(contacts) == [0] * 4
    shift(timedelta(hours=5, minutes=50))
    settle()
    assert totals(contacts) == [0] * 4
    shift(timedelta(minutes=15))
    settle()
    assert totals(contacts) == [1] * 4


def test_steps_that_were_due_before_run_at_once(api, shift):
    contacts = people(2)
    campaign = run(api, WAITING)
    bring(api, campaign, contacts)
    shift(timedelta(hours=11))
    unpublish(api, campaign)
    shift(timedelta(days=1))
    publish(api, campaign)
    assert totals(contacts) == [1] * 2


def test_a_draft_changes_nothing_until_it_is_published(api):
    contacts = people(2)
    campaign = run(api, WAITING)
    change(api, campaign, graph=graph([points("now", 7)], "start>now"))
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [0, 0]
    shown = ok(api.get(f"/api/v1/campaigns/{campaign}"))
    assert (shown["state"], shown["published_version"]) == ("published", 1)


def test_who_is_on_the_way_follows_the_ids_of_the_steps(api, shift):
    contacts = people(3)
    campaign = run(api, WAITING)
    bring(api, campaign, contacts)
    settle()
    shorter = graph(
        [node("rest", "wait", **{"for": "1h"}), points("other", 5)], "start>rest", "rest>other"
    )
    change(api, campaign, graph=shorter)
    assert publish(api, campaign)["published_version"] == 2
    shift(timedelta(hours=1, minutes=1))
    settle()
    assert totals(contacts) == [5] * 3


def test_a_removed_step_ends_the_way_and_crashes_nothing(api):
    contacts = people(3)
    campaign = run(api, WAITING)
    bring(api, campaign, contacts)
    settle()
    change(api, campaign, graph=graph([points("other")], "start>other"))
    publish(api, campaign)
    assert statistics(api, campaign)["active"] == 0
    assert not Step.objects.exists()
    assert totals(contacts) == [0] * 3


def test_a_wait_that_becomes_a_decision_waits_for_it(api, shift):
    contacts = people(2)
    campaign = run(api, WAITING)
    bring(api, campaign, contacts)
    settle()
    decide = node("rest", "decision", "shop.visited", within="1h")
    drawing = graph([decide, points("yes", 3), points("no", 5)], "start>rest",
                    "rest:yes>yes", "rest:no>no")  # fmt: skip
    change(api, campaign, graph=drawing)
    publish(api, campaign)
    now = clock.now()
    events.record("shop.visited", [Fact(contacts[0], now)], now=now)
    settle()
    shift(timedelta(hours=2))
    settle()
    assert totals(contacts) == [3, 5]
    assert figures(api, campaign)["rest"] == {"done": 2, "yes": 1, "no": 1}


def test_transitions_that_cannot_be_are_refused(api):
    made = ok(api.post("/api/v1/campaigns", {"name": "Idea"}), 201)
    assert api.post(f"/api/v1/campaigns/{made['id']}/unpublish").status_code == 409
    assert api.post(f"/api/v1/campaigns/{made['id']}/publish", {"x": 1}).status_code == 400
