"""A step adjusts the score of a group alone; a trigger puts people into a campaign."""

import pytest

from accounts.models import Role
from campaigns.models import Source, Visit
from contacts.models import Contact, ContactState
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from points.models import PointGroup, Score
from tests.cast import client_of, make_user
from tests.journey import bring, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db


def scores(group):
    return dict(Score.objects.filter(group=group).values_list("contact_id", "points"))


def test_a_step_adds_to_a_group_and_not_to_the_total(api):
    group, contacts = PointGroup.objects.create(name="Interest"), people(2)
    step = node("give", "action", "points.adjust", delta=3, group=group.pk)
    bring(api, run(api, graph([step], "start>give")), contacts)
    settle()
    assert scores(group) == dict.fromkeys(contacts, 3)
    assert set(ContactState.objects.values_list("points", flat=True)) == {0}
    assert api.delete(f"/api/v1/point-groups/{group.pk}").status_code == 409


def test_it_is_taken_back_where_it_was_given():
    group, [zoe] = PointGroup.objects.create(name="Interest"), people(1)
    kind = contact_actions.get("points.adjust")
    action = kind(kind.clean({"delta": 3, "group": group.pk}))
    run_action(action, Batch([zoe], ["test:1"]), clock.now())
    assert action.take_back([zoe], [zoe], clock.now()) == {zoe}
    assert scores(group) == {zoe: 0}
    assert totals([zoe]) == [0]


def test_a_group_that_is_not_there_is_refused(api):
    step = node("give", "action", "points.adjust", delta=3, group=2**30)
    answer = api.post("/api/v1/campaigns", {"name": "J", "graph": graph([step], "start>give")})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "graph.nodes.0.config.group"


def test_a_trigger_puts_people_into_a_campaign(api):
    [zoe] = people(1)
    campaign = run(api, graph([points("in", 100)], "start>in"))
    actions = [{"key": "campaigns.change", "config": {"add": [int(campaign)]}}]
    body = {"name": "Hot", "threshold": 5, "actions": actions}
    ok(api.post("/api/v1/point-triggers", body), 201)
    sent = {"key": "points.adjust", "config": {"delta": 5}, "contacts": [zoe]}
    assert api.post("/api/v1/actions", sent).status_code == 202
    settle()
    assert totals([zoe]) == [105]


def test_what_was_done_names_the_group():
    group = PointGroup.objects.create(name="Interest")
    kind = contact_actions.get("points.adjust")
    action = kind(kind.clean({"delta": 5, "group": group.pk}))
    assert action.done(3, "3") == "3 contacts got 5 points of “Interest”"
    assert kind({"delta": -1}).done(1, "1") == "1 contact lost 1 point"


def test_a_trigger_brings_in_only_whom_the_publisher_reaches(api, alice):
    mine, other = people(2)
    rights = {"contacts": {"view": "own"}}
    rights["campaigns"] = dict.fromkeys(("view", "edit", "create", "publish"), "all")
    rights["points"] = rights["campaigns"]
    paul = make_user("Paul", Role.objects.create(name="Own", rights=rights))
    Contact.objects.filter(pk=mine).update(owner=paul)
    campaign = run(client_of(paul), graph([node("w", "wait", **{"for": "9d"})], "start>w"))
    actions = [{"key": "campaigns.change", "config": {"add": [int(campaign)]}}]
    body = {"name": "Hot", "threshold": 5, "actions": actions}
    trigger = ok(api.post("/api/v1/point-triggers", body), 201)
    sent = {"key": "points.adjust", "config": {"delta": 5}, "contacts": [mine, other]}
    assert api.post("/api/v1/actions", sent).status_code == 202
    settle()
    rows = Visit.objects.values_list("contact_id", "source", "source_id")
    assert list(rows) == [(mine, Source.TRIGGER, int(trigger["id"]))]
