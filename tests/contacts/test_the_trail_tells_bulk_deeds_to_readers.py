"""Deeds to many are told in the words of whoever reads the trail, without what is not theirs."""

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role, User
from contacts.services import bulk_actions, bulk_erasing, fields
from contacts.services.searches import Search
from kernel import clock
from kernel.actions import contact_actions
from tests.cast import client_of, make_user
from tests.contacts.test_bulk_actions_on_screen import do, people

pytestmark = pytest.mark.django_db
SECRET = "Rhesus-negative"
BLOOD = {"label": "Blood", "alias": "blood", "type": "text", "sensitive": True}
EVERYBODY = Search("", {})


@pytest.fixture
def rita() -> User:
    """Who may read the trail in French, and nothing that is sensitive."""
    role = Role.objects.create(name="Reads", rights={"audit": {"*": "all"}})
    user = make_user("Rita", role)
    User.objects.filter(pk=user.pk).update(language="fr")
    return User.objects.get(pk=user.pk)


def told(api: APIClient, language: str = "en", **asked: str) -> list[dict[str, Any]]:
    answer = api.get("/api/v1/audit", asked, HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_values_and_words_are_those_of_the_reader(
    client: Client, api: APIClient, alice: User, rita: User
):
    fields.create(BLOOD, clock.now())
    client.force_login(alice)
    do(client, "field", people(2), field="blood", values=SECRET)
    # The news of it is hers alone, on the first page after it.
    client.get("/contacts")
    [entry] = AuditEntry.objects.filter(kind="contacts", verb="bulk")
    assert entry.name == ""
    [seen] = told(api, verb="bulk")
    assert seen["name"] == f"Blood = {SECRET}: 2"
    [hers] = told(client_of(rita), "fr", verb="bulk")
    assert hers["name"] == "un champ sensible\N{NARROW NO-BREAK SPACE}: 2"
    assert SECRET not in json.dumps([seen["after"], hers])
    client.force_login(rita)
    for path in ("/settings/audit", f"/settings/audit/{entry.pk}"):
        page = client.get(path).content.decode()
        assert "un champ sensible" in page
        assert SECRET not in page
    # Nor is it told by who is found with it.
    assert client.get("/settings/audit", {"q": SECRET}).context["total"] == 0


def test_what_was_stopped_is_told_so_too(client: Client, api: APIClient, alice: User, rita: User):
    fields.create(BLOOD, clock.now())
    kind = contact_actions.get("contacts.update")
    assert kind
    values, who, now = {"values": {"blood": SECRET}}, {"user_id": alice.pk}, clock.now()
    rows = [
        bulk_actions.start(kind(values), EVERYBODY, now, count=3, **who),
        bulk_erasing.start(EVERYBODY, now, count=3, **who),
    ]
    client.force_login(alice)
    for row in rows:
        assert client.post(f"/contacts/work/{row.pk}/stop").status_code == 302
    names = [one["name"] for one in told(api, verb="cancel", kind="jobs")]
    assert names == ["Delete contacts", f"Blood = {SECRET}"]
    hers = told(client_of(rita), "fr", verb="cancel", kind="jobs")
    assert [one["name"] for one in hers] == ["Supprimer des contacts", "un champ sensible"]
    assert SECRET not in json.dumps(hers)
