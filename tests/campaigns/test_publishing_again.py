"""REL-21: publishing, unpublishing and editing while contacts are on their way."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from campaigns.models import SourceClock, Step
from kernel import clock, events
from kernel.events import Fact
from segments.models import Segment
from segments.services import members
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


def test_what_runs_already_is_not_published_a_second_time(api):
    campaign = run(api, WAITING)
    path = f"/api/v1/campaigns/{campaign}"
    shown = ok(api.get(path))
    again = publish(api, campaign, note="Twice")
    assert shown | again == shown | {"unchanged": True}
    # Where a step stands in the drawing, and what colleagues read, is nothing that runs.
    moved = [{**step, "position": {"x": 7, "y": 7}, "note": "Here"} for step in WAITING["nodes"]]
    change(api, campaign, graph=WAITING | {"nodes": moved})
    assert publish(api, campaign)["published_version"] == 1
    assert len(ok(api.get(f"{path}/versions"))["results"]) == 1
    change(api, campaign, reentry="always")
    other = publish(api, campaign)
    assert (other["published_version"], other["unchanged"]) == (2, False)
    unpublish(api, campaign)
    assert publish(api, campaign)["published_version"] == 3


def test_who_reaches_more_publishes_the_same_anew(api, api_dora):
    campaign = run(api_dora, WAITING)
    assert publish(api_dora, campaign)["published_version"] == 1
    # Whom Dora may see was let in; whom Alice may see is more.
    assert publish(api, campaign)["published_version"] == 2
    assert publish(api, campaign)["published_version"] == 2


def test_moving_people_or_a_late_source_is_something_to_publish_for(api):
    contacts = people(1)
    campaign = run(api, WAITING)
    bring(api, campaign, contacts)
    settle()
    moved = publish(api, campaign, moves={"rest": "then"})
    assert (moved["published_version"], totals(contacts)) == (2, [1])
    SourceClock.objects.create(campaign_id=campaign, mark="x", through=clock.now(), failures=3)
    assert publish(api, campaign)["published_version"] == 3


def test_a_publication_that_is_none_leaves_nothing_in_the_trail(api):
    campaign = run(api, WAITING)
    publish(api, campaign)
    entries = AuditEntry.objects.filter(kind="campaigns", verb="publish", object_id=campaign)
    assert entries.count() == 1


def test_letting_in_who_missed_to_come_is_something_to_publish_for(api):
    segment = Segment.objects.create(name="All")
    campaign = run(api, WAITING, sources=[{"segment": segment.pk}])
    settle()
    unpublish(api, campaign)
    members.change(segment, add=people(1), now=clock.now())
    settle()
    publish(api, campaign)
    assert statistics(api, campaign)["contacts"] == 0
    late = publish(api, campaign, catch_up=True)
    assert (late["unchanged"], statistics(api, campaign)["contacts"]) == (False, 1)
    # Where nothing leads in members there is nobody to catch up with.
    assert publish(api, run(api, WAITING), catch_up=True)["unchanged"]
