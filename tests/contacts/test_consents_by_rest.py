"""Consents, closed channels and erasure by REST."""

import re

import pytest

from contacts.models import Contact

pytestmark = pytest.mark.django_db
PATH = "/api/v1/contacts"


@pytest.fixture
def at(api):
    return f"{PATH}/{api.post(PATH, {'email': 'a@x.example'}).json()['id']}"


def test_a_consent_appends_proof_and_shows_on_the_contact(api, at):
    body = {
        "purpose": "email_marketing",
        "state": "granted",
        "source": "form:7",
        "text": "Yes\nplease",
        "at": "2026-01-02T03:04:05+01:00",
    }
    told = api.post(f"{at}/consents", body)
    assert told.status_code == 201, told.content
    assert told.json()["at"] == "2026-01-02T02:04:05.000Z"
    api.post(f"{at}/consents", {"purpose": "email_marketing", "state": "refused"})
    assert [(c["purpose"], c["state"]) for c in api.get(at).json()["consents"]] == [
        ("email_marketing", "refused")
    ]
    proofs = api.get(f"{at}/consents").json()["results"]
    assert [(row["state"], row["text"]) for row in proofs] == [
        ("refused", ""),
        ("granted", "Yes\nplease"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"purpose": "nonsense", "state": "granted"},
        {"purpose": "profiling", "state": "maybe"},
        {"purpose": "profiling", "state": "granted", "at": "2026-01-02T03:04:05"},
        {"purpose": "profiling", "state": "granted", "at": "2999-01-02T03:04:05Z"},
        {"purpose": "profiling", "state": "granted", "at": "1999-01-02T03:04:05Z"},
        {"purpose": "profiling", "state": "granted", "source": "a\nb"},
        {"purpose": "profiling", "state": "granted", "contact": 1},
    ],
)
def test_a_bad_consent_is_refused(api, at, body):
    assert api.post(f"{at}/consents", body).status_code == 400
    assert api.get(f"{at}/consents").json()["results"] == []


def test_a_channel_is_closed_and_opened(api, at):
    told = api.put(f"{at}/do-not-contact/email", {"reason": "hard_bounce", "comment": "550 no"})
    assert told.status_code == 200, told.content
    shown = api.get(at).json()
    assert shown["do_not_contact"][0]["reason"] == "hard_bounce"
    assert (shown["bounce"]["state"], shown["bounce"]["diagnostic"]) == ("hard", "550 no")
    assert api.put(f"{at}/do-not-contact/email", {}).json()["reason"] == "manual"
    assert api.delete(f"{at}/do-not-contact/email").status_code == 204
    assert api.delete(f"{at}/do-not-contact/email").status_code == 404
    assert api.get(at).json()["do_not_contact"] == []
    assert api.put(f"{at}/do-not-contact/pigeon", {}).status_code == 404
    assert api.put(f"{at}/do-not-contact/sms", {"reason": "x"}).status_code == 400


def test_rights_hold_for_what_belongs_to_a_contact(api, at, api_dora, api_bob, stranger):
    for path, body in (
        (f"{at}/consents", {"purpose": "profiling", "state": "granted"}),
        (f"{at}/do-not-contact/email", {}),
    ):
        write = "post" if path.endswith("consents") else "put"
        for client, status in ((api_dora, 404), (api_bob, 403), (stranger, 401)):
            assert getattr(client, write)(path, body).status_code == status, path
    assert api_dora.get(f"{at}/consents").status_code == 404
    assert api_bob.get(f"{at}/consents").status_code == 200


def test_everything_known_is_handed_out(api, at, api_dora, api_bob):
    api.post(f"{at}/consents", {"purpose": "profiling", "state": "granted", "source": "form:1"})
    told = api.get(f"{at}/export").json()
    assert told["contacts.own"]["contact"]["email"] == "a@x.example"
    proof = told["contacts.own"]["consent_records"][0]
    assert re.fullmatch(r"api:\d+ form:1", proof["source"])
    assert [event["type"] for event in told["contacts.log"]["events"]] == [
        "contacts.created",
        "contacts.consented",
    ]
    assert api_dora.get(f"{at}/export").status_code in {403, 404}
    assert api_bob.get(f"{at}/export").status_code == 403


def test_deleting_erases_and_the_address_stays_closed(api, at):
    api.put(f"{at}/do-not-contact/email", {"reason": "unsubscribed"})
    assert api.delete(at).status_code == 204
    assert api.get(at).status_code == 404
    assert not Contact.objects.exists()
    assert api.post(PATH, {"email": "a@x.example"}).status_code == 201
