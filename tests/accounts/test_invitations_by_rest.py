"""Invitations by REST: who is made without a password is invited, again, or no longer."""

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import AuditEntry, BuiltIn, Role, User
from tests.accounts.inviting import accept, link, opened
from tests.cast import client_of, make_user
from tests.settle import settle

pytestmark = pytest.mark.django_db


def make(api: APIClient, **values: object) -> dict:
    role = str(Role.objects.get(built_in=BuiltIn.VIEWER).pk)
    answer = api.post("/api/v1/users", {"email": "nina@example.com", "role": role, **values})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_who_is_made_without_a_password_is_invited(api: APIClient, alice: User):
    made = make(api)
    assert made["invitation"]["state"] == "pending"
    assert made["invitation"]["by"] == str(alice.pk)
    assert accept(opened(link())[0]).status_code == 302
    seen = api.get(f"/api/v1/users/{made['id']}").json()["invitation"]
    assert seen["state"] == "accepted"
    assert seen["accepted_at"]


def test_who_is_given_a_password_is_not(api: APIClient):
    assert make(api, password="an unlikely horse 71")["invitation"] is None
    settle()
    assert mail.outbox == []


def test_it_is_sent_again_and_withdrawn(api: APIClient):
    made = make(api)
    at = f"/api/v1/users/{made['id']}/invitation"
    gone = api.delete(at)
    assert (gone.status_code, gone.json()["invitation"]["state"]) == (200, "withdrawn")
    again = api.delete(at)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "nothing_to_withdraw")
    sent = api.post(at)
    assert (sent.status_code, sent.json()["invitation"]["state"]) == (200, "pending")
    accept(opened(link())[0])
    late = api.post(at)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "accepted")
    entries = AuditEntry.objects.filter(object_id=made["id"], kind="users")
    told = {entry.verb: set(entry.after) for entry in entries}
    assert told["delete invitation"] == told["invitation"] == {"invitation"}


def test_whoever_cannot_edit_users_or_is_weaker_cannot_invite(api: APIClient, api_bob: APIClient):
    made = make(api, role=str(Role.objects.get(built_in=BuiltIn.ADMINISTRATOR).pk))
    at = f"/api/v1/users/{made['id']}/invitation"
    weak = client_of(make_user("W", Role.objects.create(name="W", rights={"users": {"*": "all"}})))
    for client in (api_bob, weak):
        assert client.post(at).status_code == 403
        assert client.delete(at).status_code == 403
    assert api.get(f"/api/v1/users/{made['id']}").json()["invitation"]["state"] == "pending"
