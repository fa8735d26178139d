"""Saving a rule on screen keeps every condition that it cannot show, or its user not see."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from emails.models import Email
from points.models import PointRule
from tests.journey import ok
from tests.points.rules import rule

pytestmark = pytest.mark.django_db


def rename(client: Client, made: Any) -> PointRule:
    """Send the form as a browser does, with another name and nothing else changed."""
    at = f"/points/rules/{made['id']}/edit"
    form = client.get(at).context["form"]
    sent = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if value not in (None, "", []) and value is not False and not field.disabled:
            sent[name] = "on" if value is True else value
    answer = client.post(at, {**sent, "name": "Renamed", "version": 1})
    assert answer.status_code == 302, answer.context["form"].errors
    row = PointRule.objects.get(pk=made["id"])
    assert row.name == "Renamed"
    return row


def test_an_email_of_somebody_else_stays(client: Client, api: Any, alice: User, dora: User):
    role = Role.objects.get(name="Own things")
    role.rights = {**role.rights, "point_rules": {"view": "all", "edit": "all"}}
    role.save()
    hers = Email.objects.create(name="Secret launch", owner=alice)
    made = rule(api, event="emails.opened", where={"email": [hers.pk]})
    client.force_login(dora)
    page = client.get(f"/points/rules/{made['id']}/edit").content.decode()
    assert f"#{hers.pk}" in page
    assert "Secret launch" not in page
    assert rename(client, made).where == {"email": [hers.pk]}


def test_tags_are_chosen_and_stay(client: Client, api: Any, alice: User):
    client.force_login(alice)
    tag = int(ok(api.post("/api/v1/tags", {"name": "warm"}), 201)["id"])
    page = client.get("/points/rules/where?event=contacts.tagged").content.decode()
    assert "warm" in page
    for where in ({"tag": tag}, {"tag": [tag]}):
        assert rename(client, rule(api, event="contacts.tagged", where=where)).where == where


def test_what_is_beyond_the_choices_stays(client: Client, api: Any, alice: User):
    client.force_login(alice)
    tags = [int(ok(api.post("/api/v1/tags", {"name": f"t{n:02}"}), 201)["id"]) for n in range(35)]
    where = {"tag": [tags[-1]]}
    assert rename(client, rule(api, event="contacts.tagged", where=where)).where == where


@pytest.mark.parametrize(
    "wanted",
    [
        "https://a.example/*/prices",
        "https://a.example/*",
        {"op": "is", "value": "https://a.example/*/prices"},
        {"op": "starts_with", "value": "*prices"},
        {"op": "is", "value": "*"},
        {"op": "is", "value": "https://a.example/"},
        "https://a.example/",
    ],
)
def test_stars_that_are_meant_stay(client: Client, api: Any, alice: User, wanted: Any):
    client.force_login(alice)
    made = rule(api, event="pages.viewed", where={"url": wanted})
    assert rename(client, made).where == {"url": wanted}


def test_a_star_is_a_star_where_no_field_says_otherwise(client: Client, api: Any, alice: User):
    client.force_login(alice)
    made = rule(api, event="pages.viewed", where={"utm_source": "*news"})
    assert rename(client, made).where == {"utm_source": "*news"}
    sent = {"name": "S", "event": "pages.viewed", "delta": 5, "repeat": "always", "nth": 1}
    answer = client.post("/points/rules/new", {**sent, "where_utm_source": "*n*", "active": "on"})
    assert answer.status_code == 302
    assert PointRule.objects.get(name="S").where == {"utm_source": {"op": "is", "value": "*n*"}}
