"""Point rules on screen: the form asks what the event knows, the page says what came of it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from points.models import PointRule
from tests.journey import VISITED, ok, people
from tests.points.rules import did, group, rule
from tests.resource_contract import ResourceContract
from tests.settle import settle

pytestmark = pytest.mark.django_db


class TestRules(ResourceContract):
    base = "/points/rules"
    kind = "point_rules"

    def make(self, number: int, owner: User | None = None) -> PointRule:
        return PointRule.objects.create(
            name=f"Rule {number:02}", event="emails.opened", delta=number + 1, owner=owner
        )

    def fields(self, number: int) -> dict[str, Any]:
        return {
            "name": f"Rule {number:02}",
            "event": "emails.opened",
            "delta": number + 1,
            "repeat": "always",
            "nth": 1,
            "active": "on",
        }


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def send(screen: Client, **fields: Any) -> Any:
    sent = {"name": "Prices", "event": "pages.viewed", "delta": 5, "repeat": "always", "nth": 1}
    return screen.post("/points/rules/new", {**sent, "active": "on", **fields})


def test_what_points_bring_about_is_not_offered_unless_a_rule_is_about_it(screen: Client):
    page = screen.get("/points/rules/new").content.decode()
    assert 'value="emails.opened"' in page
    assert 'value="points.' not in page
    old = PointRule.objects.create(name="Old", event="points.adjusted", delta=1)
    page = screen.get(f"/points/rules/{old.pk}/edit").content.decode()
    assert 'value="points.adjusted" selected' in page
    assert 'value="points.triggered"' not in page
    refused = send(screen, event="points.triggered")
    assert (refused.status_code, PointRule.objects.count()) == (422, 1)


def test_the_fields_follow_the_event(screen: Client):
    page = screen.get("/points/rules/where?event=pages.viewed").content.decode()
    assert 'name="where_url"' in page
    assert "anything" in page
    page = screen.get("/points/rules/where?event=orders.placed").content.decode()
    assert 'name="where_amount"' in page
    assert 'name="where_url"' not in page
    assert screen.get("/points/rules/where?event=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("https://a.example/prices", "is", "https://a.example/prices"),
        ("*/prices", "ends_with", "/prices"),
        ("https://a.example/*", "starts_with", "https://a.example/"),
        ("*prices*", "contains", "prices"),
    ],
)
def test_a_star_stands_for_anything_and_comes_back(screen: Client, text, op, value):
    assert send(screen, where_url=text).status_code == 302
    row = PointRule.objects.get()
    assert row.where == {"url": {"op": op, "value": value}}
    page = screen.get(f"/points/rules/{row.pk}/edit").content.decode()
    assert f'value="{text}"' in page


def test_a_star_in_the_middle_is_refused_beside_its_field(screen: Client):
    answer = send(screen, where_url="https://a.example/*/prices")
    assert answer.status_code == 422
    assert "where_url" in answer.context["form"].errors


def test_numbers_filters_and_groups_are_kept(screen: Client):
    skis = group()
    tree = '{"all": [{"field": "country", "op": "is", "value": "FR"}]}'
    more = {"where_amount": "100", "tree": tree, "group": skis, "where_currency": "EUR"}
    assert send(screen, event="orders.placed", **more).status_code == 302
    row = PointRule.objects.get()
    assert row.where["amount"] == {"op": "gte", "value": 100}
    assert (row.filter["all"][0]["value"], row.group_id) == ("FR", skis)
    page = screen.get(f"/points/rules/{row.pk}").content.decode()
    assert "France" in page
    assert "Skis" in page


def test_a_filter_that_cannot_be_read_is_told(screen: Client):
    answer = send(screen, tree='{"all": [{"field": "nonsense", "op": "is", "value": 1}]}')
    assert answer.status_code == 422
    assert "tree" in answer.context["form"].errors
    assert answer.context["form"].problems[0]["code"] == "unknown_field"


def test_what_only_the_api_can_say_stays(screen: Client, api: Any):
    where = {"url": {"op": "not_contains", "value": "x"}}
    made = rule(api, event="pages.viewed", where=where)
    at = f"/points/rules/{made['id']}"
    fields = {"name": "Renamed", "event": "pages.viewed", "delta": 5, "repeat": "always"}
    sent = {**fields, "nth": 1, "version": 1}
    assert screen.post(f"{at}/edit", sent).status_code == 302
    row = PointRule.objects.get()
    assert (row.name, row.where) == ("Renamed", where)


def test_page_and_dialog_tell_what_came_of_it(screen: Client, api: Any):
    [zoe] = people(1)
    made = rule(api, expire_days=30)
    did(zoe)
    did(zoe)
    settle()
    ok(
        api.post(
            "/api/v1/actions", {"key": "points.adjust", "config": {"delta": 7}, "contacts": [zoe]}
        ),
        202,
    )
    settle()
    given = screen.get(f"/points/rules/{made['id']}").context["given"]
    assert (given.times, given.people, given.points) == (2, 1, 10)
    told = screen.get(f"/contacts/{zoe}/points")
    [total] = told.context["scores"]
    assert [(part.points, part.times) for part in total.parts] == [(10, 2), (7, None)]
    assert "Visited the shop" in told.content.decode()
    screen.post(f"/points/rules/{made['id']}/delete")
    assert "a rule that is gone" in screen.get(f"/contacts/{zoe}/points").content.decode()


def test_the_list_names_events_of_clients_too(screen: Client, api: Any):
    rule(api, event=VISITED)
    assert VISITED in screen.get("/points/rules").content.decode()
