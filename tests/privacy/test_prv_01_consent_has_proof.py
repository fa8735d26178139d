"""PRV-01: a consent is kept with who says so, when, how and what was shown; nobody changes it."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import ConsentRecord, DoNotContact
from contacts.services.consent import Proof, bounced, close, give
from contacts.services.erase import erase
from contacts.services.merge import merge
from kernel import clock
from kernel.events import type_id
from kernel.models import Event
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> int:
    return people({"email": "ana@x.example"})[0]


def test_prv_01_a_consent_over_rest_names_the_token_and_what_was_shown(api: APIClient, ana: int):
    at = f"/api/v1/contacts/{ana}/consents"
    said = {
        "purpose": "email_marketing",
        "state": "granted",
        "source": "form:7",
        "reference": "form:7@3",
        "text": "Oui, volontiers",
        "language": "fr_FR",
        "ip": "192.0.2.7",
    }
    answer = api.post(at, said, format="json")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert re.fullmatch(r"api:\d+ form:7", told["source"])
    assert (told["reference"], told["language"], told["ip"]) == ("form:7@3", "fr-FR", "192.0.2.7")
    bare = api.post(at, {"purpose": "profiling", "state": "refused"}, format="json").json()
    assert re.fullmatch(r"api:\d+", bare["source"])
    handed = api.get(f"/api/v1/contacts/{ana}/export").json()["contacts.own"]["consent_records"]
    assert [(one["language"], one["reference"]) for one in handed] == [
        ("fr-FR", "form:7@3"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("source", ""), ("source", " "), ("language", "Klingonese"), ("reference", "a\nb")],
)
def test_prv_01_a_consent_without_evidence_is_refused(api: APIClient, ana: int, field, value):
    said = {"purpose": "profiling", "state": "granted", field: value}
    answer = api.post(f"/api/v1/contacts/{ana}/consents", said, format="json")
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    with pytest.raises(ValueError, match="proves nothing"):
        give([ana], Proof("profiling", "granted", " ", clock.now()), clock.now())
    assert not ConsentRecord.objects.exists()


def test_prv_01_nobody_changes_or_deletes_the_proof(ana: int):
    give([ana], Proof("profiling", "granted", "form:1", clock.now()), clock.now())
    for statement in (
        "UPDATE consent_record SET state = 'refused'",
        "UPDATE consent_record SET at = at - interval '1 day'",
        "DELETE FROM consent_record",
    ):
        refused = pytest.raises(DatabaseError, match="neither changed")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert ConsentRecord.objects.get().state == "granted"


def test_prv_01_the_proof_follows_a_merge_and_goes_with_the_person(ana: int):
    (dup,) = people({"email": "dup@x.example"})
    give([dup], Proof("profiling", "granted", "form:1", clock.now()), clock.now())
    merge(ana, dup, clock.now())
    assert ConsentRecord.objects.get().contact_id == ana
    erase(ana, clock.now())
    assert not ConsentRecord.objects.exists()
    give(
        people({"email": "b@x.example"}),
        Proof("profiling", "granted", "x", clock.now()),
        clock.now(),
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentRecord.objects.all().delete()


def reopened(contact: int) -> list[str]:
    rows = Event.objects.filter(type_id=type_id("contacts.reopened"), contact_id=contact)
    return [row.data["comment"] for row in rows.order_by("id")]


def test_prv_01_an_address_is_noted_as_valid_with_proof(api: APIClient, ana: int):
    now = clock.now() - timedelta(minutes=1)
    close([ana], "email", "hard_bounce", "550", now)
    close([ana], "email", "unsubscribed", "", now)
    at = f"/api/v1/contacts/{ana}/email/valid"
    assert api.post(at, {"proof": " "}, format="json").status_code == 400
    answer = api.post(at, {"proof": "She wrote from it"}, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["bounce"] is None
    assert re.fullmatch(r"api:\d+ She wrote from it", *reopened(ana))
    # What the person said outweighs what is known of the address.
    assert DoNotContact.objects.get().reason == "unsubscribed"
    assert api.post(at, {"proof": "Again"}, format="json").status_code == 200
    assert len(reopened(ana)) == 1


def test_prv_01_an_address_is_noted_as_valid_on_screen(client: Client, alice: User, ana: int):
    client.force_login(alice)
    close([ana], "email", "soft_bounce", "452", clock.now())
    page = client.get(f"/contacts/{ana}", {"tab": "consent"}).content.decode()
    assert "Address is valid…" in page
    at, seen = f"/contacts/{ana}/channels/email", "soft_bounce"
    client.post(at, {"act": "valid", "seen": seen, "proof": ""})
    assert bounced([ana]) == {ana}
    client.post(at, {"act": "valid", "seen": seen, "proof": "On the phone"})
    assert bounced([ana]) == set()
    assert reopened(ana) == [f"user:{alice.pk} On the phone"]
    assert "Address is valid…" not in client.get(f"/contacts/{ana}?tab=consent").content.decode()
