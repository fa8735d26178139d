"""A rule is checked where it changes: what is gone meanwhile hinders nothing else."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Role, User
from emails.models import Email
from points.models import PointRule
from segments.models import Segment
from tests.cast import client_of
from tests.journey import ok, people, totals
from tests.points.rules import did, rule
from tests.settle import settle

pytestmark = pytest.mark.django_db
AT = "/api/v1/point-rules"
ALL = {"view": "all", "edit": "all"}


def limited(dora: User) -> APIClient:
    Role.objects.filter(pk=dora.role_id).update(rights={"point_rules": ALL})
    return client_of(User.objects.get(pk=dora.pk))


def of_segment(api: APIClient, **more: Any) -> tuple[str, Any]:
    segment = ok(api.post("/api/v1/segments", {"name": "Hot", "filter": None}), 201)["id"]
    tree = {"all": [{"segment": [int(segment)], "op": "in"}]}
    return segment, rule(api, filter=tree, **more)


def test_a_rule_whose_filter_names_what_is_gone_is_renamed(api: APIClient):
    segment, made = of_segment(api)
    Segment.objects.filter(pk=segment).delete()
    at = f"{AT}/{made['id']}"
    assert ok(api.patch(at, {"name": "Renamed", "delta": 7}))["name"] == "Renamed"
    assert f"segment:{segment}" in PointRule.objects.get().uses
    assert api.patch(at, {"filter": made["filter"]}).status_code == 200
    other = {"all": [{"segment": [int(segment)], "op": "not_in"}]}
    assert api.patch(at, {"filter": other}).status_code == 400


def test_a_rule_about_an_email_that_one_may_not_see_is_renamed(
    api: APIClient, alice: User, dora: User
):
    hers = Email.objects.create(name="Secret launch", owner=alice)
    made = rule(api, event="emails.opened", where={"email": [hers.pk]})
    dora_api, at = limited(dora), f"{AT}/{made['id']}"
    assert dora_api.patch(at, {"name": "Renamed"}).status_code == 200
    assert dora_api.patch(at, {"where": {"email": [hers.pk], "url": "x"}}).status_code == 400
    assert dora_api.patch(at, {"active": False}).status_code == 200
    assert dora_api.patch(at, {"active": True}).status_code == 200


def test_a_rule_put_aside_tells_why_and_is_taken_up_again(api: APIClient):
    [zoe] = people(1)
    made = rule(api)
    PointRule.objects.update(active=False, problem="OverflowError: too much")
    at = f"{AT}/{made['id']}"
    told = ok(api.get(at))
    assert (told["active"], told["problem"]) == (False, "OverflowError: too much")
    assert ok(api.patch(at, {"name": "Still aside"}))["problem"] == "OverflowError: too much"
    told = ok(api.patch(at, {"active": True}))
    assert (told["active"], told["problem"]) == (True, "")
    did(zoe)
    settle()
    assert totals([zoe]) == [5]


def test_a_rule_is_not_taken_up_again_with_what_made_it_fail(api: APIClient):
    segment, made = of_segment(api, active=False)
    Segment.objects.filter(pk=segment).delete()
    answer = api.patch(f"{AT}/{made['id']}", {"active": True})
    assert answer.status_code == 400
    assert not PointRule.objects.get().active
