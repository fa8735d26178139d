"""Triggers fire once for whoever reaches a threshold, do what they say, and tell it."""

from datetime import timedelta
from typing import Any

import pytest

from contacts.services.merge import merge
from kernel import clock
from kernel.changes import DEEPEST
from kernel.contactdata import forget
from kernel.dispatcher import Dispatcher
from kernel.invariants import broken
from kernel.queues import queues
from points.models import Firing, PointTrigger
from points.services.adjust import give
from tests.api_contract import ApiContract, Body
from tests.journey import ok, people, totals
from tests.points.rules import group
from tests.settle import settle

pytestmark = pytest.mark.django_db
TAG = {"key": "tags.change", "config": {"add": ["warm"], "remove": []}}
MORE = {"key": "points.adjust", "config": {"delta": 100}}


class TestOverRest(ApiContract):
    path = "/api/v1/point-triggers"

    def body(self, number: int) -> Body:
        return {"name": f"Trigger {number}", "threshold": number * 10 + 10, "actions": [TAG]}


def trigger(api: Any, threshold: int = 10, **more: Any) -> Any:
    body = {"name": "Warm", "threshold": threshold, "actions": [TAG], **more}
    return ok(api.post("/api/v1/point-triggers", body), 201)


def tags(api: Any, contact: int) -> list[str]:
    return list(ok(api.get(f"/api/v1/contacts/{contact}"))["tags"])


def fired(number: str) -> set[int]:
    return set(Firing.objects.filter(trigger=number).values_list("contact_id", flat=True))


def test_it_fires_at_the_threshold_and_never_again(api):
    zoe, ann = people(2)
    made = trigger(api, actions=[TAG, MORE])
    give({zoe: 9, ann: 10}, clock.now())
    settle()
    assert (tags(api, zoe), tags(api, ann)) == ([], ["warm"])
    give({ann: -200}, clock.now())
    settle()
    give({ann: 200}, clock.now())
    settle()
    assert totals([zoe, ann]) == [9, 110]
    assert fired(made["id"]) == {ann}
    told = ok(api.get("/api/v1/events", {"contact": ann, "type": "points.triggered"}))["results"]
    assert [event["subject"]["id"] for event in told] == [made["id"]]


def test_a_group_has_thresholds_of_its_own(api):
    [zoe] = people(1)
    skis = group()
    made = trigger(api, group=str(skis))
    give({zoe: 50}, clock.now())
    settle()
    assert fired(made["id"]) == set()
    give({zoe: 10}, clock.now(), group=skis)
    settle()
    assert fired(made["id"]) == {zoe}
    assert api.delete(f"/api/v1/point-groups/{skis}").status_code == 409


def test_whoever_looks_at_the_same_time_it_fires_once(api):
    everybody = people(20)
    made = trigger(api, actions=[MORE])
    for _time in range(3):
        give(dict.fromkeys(everybody, 10), clock.now())
    dispatchers = [Dispatcher(), Dispatcher()]
    for _round in range(5):
        for dispatcher in dispatchers:
            dispatcher.round(clock.now())
    queue = queues.get("points.triggers")()
    assert queue.due(clock.now())
    queue.work(clock.now())
    # A worker that died before it could note that: done again, and nothing happens twice.
    Firing.objects.filter(trigger=made["id"]).update(done_at=None)
    queue.work(clock.now())
    settle()
    assert totals(everybody) == [130] * 20


def test_those_above_already_are_counted_and_fired_for_on_demand(api):
    zoe, ann, kim = people(3)
    give({zoe: 50, ann: 10, kim: 9}, clock.now())
    settle()
    made = trigger(api)
    at = f"/api/v1/point-triggers/{made['id']}"
    assert ok(api.get(f"{at}/above")) == {"count": 2}
    assert fired(made["id"]) == set()
    for _twice in range(2):
        ok(api.post(f"{at}/apply"), 202)
        settle()
    assert fired(made["id"]) == {zoe, ann}
    assert tags(api, zoe) == ["warm"]
    assert ok(api.get(f"{at}/above")) == {"count": 0}
    listed = ok(api.get(f"{at}/fired"))["results"]
    assert {row["contact"] for row in listed} == {str(zoe), str(ann)}
    assert all(row["done_at"] for row in listed)


def test_one_that_is_off_waits_and_applies_to_nobody(api):
    [zoe] = people(1)
    made = trigger(api, active=False)
    at = f"/api/v1/point-triggers/{made['id']}"
    give({zoe: 10}, clock.now())
    settle()
    assert api.post(f"{at}/apply").status_code == 409
    ok(api.patch(at, {"active": True}))
    settle()
    assert fired(made["id"]) == set()
    give({zoe: 1}, clock.now())
    settle()
    assert fired(made["id"]) == {zoe}


def test_an_action_that_is_kept_is_not_done_again_and_a_new_one_has_its_own_number(api):
    made = trigger(api, actions=[TAG, MORE])
    at = f"/api/v1/point-triggers/{made['id']}"
    first, second = made["actions"]
    assert (first["id"], second["id"]) == (1, 2)
    changed = ok(api.patch(at, {"actions": [second, TAG]}))["actions"]
    assert [step["id"] for step in changed] == [2, 3]
    assert ok(api.patch(at, {"actions": []}))["actions"] == []
    assert [step["id"] for step in ok(api.patch(at, {"actions": [TAG]}))["actions"]] == [4]


def test_what_one_action_cannot_do_stands_beside_and_stops_no_other(api):
    [zoe] = people(1)
    made = trigger(api, actions=[TAG])
    # Settings of an older version, which the action no longer understands.
    broken_step = {"id": 9, "key": "stages.change", "config": {}}
    row = PointTrigger.objects.get(pk=made["id"])
    PointTrigger.objects.filter(pk=row.pk).update(actions=[broken_step, *row.actions])
    give({zoe: 10}, clock.now())
    settle()
    firing = Firing.objects.get(trigger=row, contact_id=zoe)
    assert firing.done_at
    assert firing.problem.startswith("stages.change: KeyError")
    assert tags(api, zoe) == ["warm"]


def test_a_stage_it_names_stays_and_who_objects_to_profiling_is_left_out(api):
    stage = ok(api.post("/api/v1/stages", {"name": "Lead"}), 201)["id"]
    move = {"key": "stages.change", "config": {"stage": int(stage)}}
    zoe, ann = people(2)
    made = trigger(api, actions=[move, TAG])
    assert api.delete(f"/api/v1/stages/{stage}").status_code == 409
    consent = {"purpose": "profiling", "state": "refused"}
    ok(api.post(f"/api/v1/contacts/{ann}/consents", consent), 201)
    give({zoe: 10, ann: 10}, clock.now())
    settle()
    assert fired(made["id"]) == {zoe}
    assert tags(api, zoe) == ["warm"]
    assert ok(api.get(f"/api/v1/contacts/{zoe}"))["stage"]["name"] == "Lead"


def test_who_objects_to_profiling_meanwhile_waits(api):
    zoe, ann = people(2)
    made = trigger(api)
    give({zoe: 10, ann: 10}, clock.now())
    Dispatcher().round(clock.now())
    assert fired(made["id"]) == {zoe, ann}
    consents = f"/api/v1/contacts/{ann}/consents"
    ok(api.post(consents, {"purpose": "profiling", "state": "refused"}), 201)
    settle()
    assert (tags(api, zoe), tags(api, ann)) == (["warm"], [])
    assert not queues.get("points.triggers")().due(clock.now())
    ok(api.post(consents, {"purpose": "profiling", "state": "granted"}), 201)
    settle()
    assert tags(api, ann) == ["warm"]


def test_where_reactions_stop_it_does_not_fire_and_may_later(api):
    [zoe] = people(1)
    made = trigger(api)
    give({zoe: 10}, clock.now(), depth=DEEPEST)
    settle()
    assert fired(made["id"]) == set()
    give({zoe: 1}, clock.now())
    settle()
    assert fired(made["id"]) == {zoe}
    assert tags(api, zoe) == ["warm"]


def test_two_who_are_one_reach_it_together_and_what_fired_for_either_fired(api):
    zoe, ann, kim, max_ = people(4)
    made = trigger(api, actions=[MORE])
    give({zoe: 6, ann: 6, kim: 10}, clock.now())
    settle()
    merge(zoe, ann, clock.now())
    merge(max_, kim, clock.now())
    settle()
    assert fired(made["id"]) == {zoe, max_}
    assert totals([zoe, max_]) == [112, 110]
    later = clock.now() + timedelta(minutes=1)
    forget([max_], later)
    assert fired(made["id"]) == {zoe}
    assert broken(lambda name: name.startswith("points.")) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"actions": "x"}, ("actions", "invalid")),
        ({"actions": [1]}, ("actions.0", "invalid")),
        ({"actions": [{"key": "no.such"}]}, ("actions.0.key", "unknown_action")),
        # Its refusals are seen and freed where a step waits for the answer.
        ({"actions": [{"key": "webhooks.post"}]}, ("actions.0.key", "not_here")),
        ({"actions": [{"key": "contacts.delete"}]}, ("actions.0.key", "not_here")),
        ({"actions": [TAG, {"key": "points.adjust", "config": {"delta": 0}}]},
         ("actions.1.config.delta", "zero")),
        ({"actions": [{**TAG, "more": 1}]}, ("actions.0.more", "unknown_field")),
        ({"actions": [TAG] * 21}, ("actions", "invalid")),
        ({"colour": 9}, ("colour", "max_value")),
        ({"threshold": "x"}, ("threshold", "invalid")),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_where_it_stands(api, body, found):
    answer = api.post("/api/v1/point-triggers", {"name": "W", "threshold": 1, **body})
    assert answer.status_code == 400, answer.content
    assert found in [(error["field"], error["code"]) for error in answer.json()["errors"]]
