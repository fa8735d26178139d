"""Groups of points: screens and REST by declaration, filters, the contact's page, merges."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.services.merge import merge
from kernel import clock, filters
from kernel.contactdata import forget
from points.models import PointGroup
from points.services.adjust import give
from tests.api_contract import ApiContract, Body
from tests.journey import ok, people, totals
from tests.points.rules import group, scores
from tests.resource_contract import ResourceContract
from tests.settle import settle

pytestmark = pytest.mark.django_db


class TestOnScreen(ResourceContract):
    base = "/points/groups"
    kind = "point_groups"

    def make(self, number: int, owner: User | None = None) -> PointGroup:
        return PointGroup.objects.create(name=f"Product {number:02}", owner=owner)

    def fields(self, number: int) -> dict[str, Any]:
        fades = {"decay_days": 0, "decay_loss": 10, "decay_unit": "points", "decay_floor": 0}
        return {"name": f"Product {number:02}", "description": "", **fades}


class TestOverRest(ApiContract):
    path = "/api/v1/point-groups"

    def body(self, number: int) -> Body:
        return {"name": f"Product {number}"}


def test_what_a_group_gets_is_not_in_the_total_and_the_timeline_tells_it(api):
    zoe, ann = people(2)
    skis = group()
    assert give({zoe: 5, ann: -2}, clock.now(), group=skis) == 2
    assert give({zoe: 1}, clock.now(), group=skis) == 1
    assert scores(skis) == {zoe: 6, ann: -2}
    assert totals([zoe, ann]) == [0, 0]
    last = ok(api.get("/api/v1/events", {"contact": zoe}))["results"][0]
    assert last["data"] == {"delta": 1, "points": 6, "group": str(skis), "group_name": "Skis"}


def test_a_group_that_is_gone_gets_nothing():
    [zoe] = people(1)
    assert give({zoe: 5}, clock.now(), group=999_999) == 0


@pytest.mark.parametrize(
    ("op", "value", "found"),
    [
        ("eq", 5, "a"),
        ("eq", 0, "c"),
        ("ne", 5, "bc"),
        ("gt", 0, "a"),
        ("gte", 0, "ac"),
        ("lt", 5, "bc"),
        ("lte", -2, "b"),
        ("between", [0, 9], "ac"),
        ("between", [-9, -1], "b"),
    ],
)
def test_scores_are_compared_and_who_has_none_has_zero(op, value, found):
    ids = people(3)
    skis = group()
    give({ids[0]: 5, ids[1]: -2}, clock.now(), group=skis)
    tree = {"all": [{"field": f"points.{skis}", "op": op, "value": value}]}
    wanted = {ids["abc".index(letter)] for letter in found}
    assert set(filters.matching(tree, ids, clock.now())) == wanted
    assert filters.count(tree, clock.now()).count == len(wanted)


def test_a_segment_follows_a_score_and_keeps_its_group(api, client: Client, alice: User):
    [zoe] = people(1)
    skis = group()
    tree = {"all": [{"field": f"points.{skis}", "op": "gte", "value": 10}]}
    made = ok(api.post("/api/v1/segments", {"name": "Skiers", "filter": tree}), 201)
    settle()
    give({zoe: 10}, clock.now(), group=skis)
    settle()
    assert ok(api.get(f"/api/v1/segments/{made['id']}"))["member_count"] == 1
    assert api.delete(f"/api/v1/point-groups/{skis}").status_code == 409
    client.force_login(alice)
    assert "Skiers" in client.get(f"/points/groups/{skis}").content.decode()


def test_a_group_nobody_knows_is_refused(api):
    for name in ("points.999999", "points.x", "points."):
        tree = {"all": [{"field": name, "op": "gte", "value": 1}]}
        answer = api.post("/api/v1/segments/count", {"filter": tree})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "unknown_field"


def test_scores_of_the_merged_add_up_and_of_the_forgotten_go():
    zoe, ann, kim = people(3)
    skis, boots = group(), group("Boots")
    give({zoe: 5, ann: 7, kim: 1}, clock.now(), group=skis)
    give({ann: 3}, clock.now(), group=boots)
    merge(zoe, ann, clock.now())
    settle()
    assert scores(skis) == {zoe: 12, kim: 1}
    assert scores(boots) == {zoe: 3}
    forget([kim], clock.now())
    assert scores(skis) == {zoe: 12}


def test_the_page_of_a_contact_tells_their_scores(client: Client, alice: User):
    [zoe] = people(1)
    give({zoe: 41}, clock.now(), group=group())
    client.force_login(alice)
    page = client.get(f"/contacts/{zoe}").content.decode()
    assert "Skis" in page
    assert "<b>41</b>" in page
