"""Words that mean something else to filters, searches, files or REST are refused as aliases."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.backoffice.tokens import READERS
from contacts.catalogue import CORE, RESERVED
from contacts.filters.reachability import NUMBERED, STANDING, TOPIC
from contacts.filters.targets import BESIDE
from contacts.models import Field
from contacts.services import duplicates
from contacts.services.exports.reading import people_columns
from contacts.services.reading import flat
from kernel import clock
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db


def test_all_that_others_know_is_reserved():
    asked = {key.partition(".")[0] for key in (*NUMBERED, *STANDING, TOPIC, *BESIDE, *READERS)}
    shown = {*flat([add(email="a@example.com").pk])[0], *people_columns(), *duplicates.ways()}
    assert asked | shown | {spec.alias for spec in CORE} <= RESERVED


@pytest.mark.parametrize("alias", ["name", "tag", "wishes", "email"])
def test_they_are_refused_with_the_word(api: APIClient, client: Client, alice: User, alias: str):
    body = {"object": "contact", "type": "text", "label": "Mine", "alias": alias, "order": 0}
    refused = api.post("/api/v1/fields", body, format="json")
    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("alias", "reserved")
    client.force_login(alice)
    screen = client.post("/settings/fields/new", body)
    assert screen.status_code == 422
    assert f"“{alias}” has another meaning here" in screen.content.decode()
    # Made from the label, it is another one.
    made = api.post("/api/v1/fields", {**body, "alias": None, "label": alias}, format="json")
    assert made.json()["alias"] == f"{alias}_2"


def test_one_that_there_was_before_goes_on(api: APIClient):
    now = clock.now()
    field = Field.objects.create(
        alias="name", label="Name", type="text", created_at=now, updated_at=now
    )
    body = {"email": "a@example.com", "name": "Ada"}
    made = api.post("/api/v1/contacts", body, format="json").json()
    assert made["name"] == "Ada"
    tree = {"filter": {"field": "name", "op": "is", "value": "ada"}}
    found = api.post("/api/v1/contacts/search", tree, format="json").json()
    assert [one["id"] for one in found["results"]] == [made["id"]]
    changed = api.patch(f"/api/v1/fields/{field.pk}", {"label": "Called"}, format="json")
    assert changed.json()["alias"] == "name"
    assert duplicates.ways()["name"] == "Name and company"
