"""SEC-33, SEC-31: where senders are listed, no other is used, by nobody and by no token."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from emails.models import CapturedMail, Delivery, State
from kernel import preferences
from tests.cast import client_of
from tests.emails.people import NOW, begin, make_contact
from tests.settle import settle

pytestmark = pytest.mark.django_db
EMAILS = "/api/v1/emails"


def body(sender: str) -> dict[str, str]:
    return {"name": "News", "subject": "Hi", "html": "<p>Hi</p>", "from_address": sender}


def test_without_a_list_every_sender_is_taken(api: APIClient):
    assert api.post(EMAILS, body("anyone@example.org")).status_code == 201


def test_a_list_names_addresses_and_domains_for_all_roles_or_some(api, alice: User, dora: User):
    listed = [
        {"sender": "example.com"},
        {"sender": "boss@example.org", "roles": [str(alice.role_id)]},
    ]
    put = api.patch("/api/v1/preferences", {"emails.senders": listed})
    assert put.status_code == 200, put.json()
    theirs = client_of(dora)
    assert api.post(EMAILS, body("news@example.com")).status_code == 201
    assert api.post(EMAILS, body("boss@example.org")).status_code == 201
    assert theirs.post(EMAILS, body("news@example.com")).status_code == 201
    for client, sender in ((theirs, "boss@example.org"), (api, "x@sub.example.com")):
        refused = client.post(EMAILS, body(sender))
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["code"] == "sender_not_allowed"
    assert api.patch("/api/v1/preferences", {"emails.senders": ["x"]}).status_code == 400


def test_a_sender_made_by_a_token_is_looked_at_when_it_is_sent():
    preferences.put("emails.senders", [{"sender": "example.com"}])
    begin([make_contact(city="evil.example")], from_address="news@{{ contact.city }}")
    settle(NOW)
    row = Delivery.objects.get()
    assert (row.state, row.reason) == (State.FAILED, "sender_not_allowed")
    assert not CapturedMail.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        '"a\r\nBcc: x"@d.example',
        "a@d.example,b@d.example",
        "a@d.example\0",
        "a@\u0430pple.example",
        "a" * 10_000 + "@d.example",
    ],
)
def test_hostile_addresses_are_refused_as_senders_and_readers(api: APIClient, address: str):
    """SEC-31"""
    assert api.post(EMAILS, body(address)).status_code == 400
    assert api.post("/api/v1/contacts", {"email": address}).status_code == 400
