"""PRV-06: one act gives all that is known of a person, for machines and to be read; it is told."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from kernel.contactdata import contact_data
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db


def unpacked(answer: Any) -> tuple[dict[str, Any], str]:
    assert answer.status_code == 200, answer.content
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        assert sorted(files.namelist()) == ["data.html", "data.json"]
        return json.loads(files.read("data.json")), files.read("data.html").decode()


def test_prv_06_both_files_say_all_that_every_app_knows(
    api: APIClient, client: Client, alice: User
):
    client.force_login(alice)
    ana = add(email="ana@x.example", first_name="<b>Ana</b>").pk
    about = {"contact": str(ana)}
    api.post("/api/v1/notes", {**about, "kind": "call", "text": "Likes snow"})
    api.post("/api/v1/tasks", {**about, "title": "Send the offer"})
    said = {
        "purpose": "profiling",
        "state": "refused",
        "reference": "form:7@3",
        "text": "No thanks",
    }
    api.post(f"/api/v1/contacts/{ana}/consents", said)
    assert "Hand out all data" in client.get(f"/contacts/{ana}").content.decode()
    known, page = unpacked(client.post(f"/contacts/{ana}/hand-out"))
    assert known["contact"] == str(ana)
    assert set(known["data"]) == set(contact_data.keys())
    for words in ("ana@x.example", "Likes snow", "Send the offer", "form:7@3", "No thanks"):
        assert words in json.dumps(known)
        assert words in page
    assert "&lt;b&gt;Ana&lt;/b&gt;" in page
    assert "<b>Ana" not in page
    told = AuditEntry.objects.get(verb="hand-out")
    assert (told.object_id, told.name, told.user) == (ana, "", alice)
    handed = unpacked(client.post(f"/contacts/{ana}/hand-out"))[0]
    assert "hand-out" in [deed["verb"] for deed in handed["data"]["accounts.trail"]["deeds"]]


def test_prv_06_it_takes_the_right_to_export(client: Client, bob: User, dora: User, alice: User):
    hers, others = add(email="h@x.example", owner=dora.pk).pk, add(email="o@x.example").pk
    client.force_login(bob)
    assert client.post(f"/contacts/{hers}/hand-out").status_code == 403
    assert "Hand out all data" not in client.get(f"/contacts/{hers}?tab=consent").content.decode()
    client.force_login(dora)
    unpacked(client.post(f"/contacts/{hers}/hand-out"))
    assert client.post(f"/contacts/{others}/hand-out").status_code == 404


def test_prv_06_it_is_read_in_the_language_of_whoever_asks(client: Client, alice: User):
    alice.language = "fr"
    alice.save()
    client.force_login(alice)
    _known, page = unpacked(client.post(f"/contacts/{add(email='a@x.example').pk}/hand-out"))
    assert '<html lang="fr">' in page
    assert "Vos données" in page


def test_prv_06_the_suppression_list_is_told(api: APIClient, client: Client, alice: User):
    client.force_login(alice)
    ana = add(email="ana@x.example", mobile="+33612345678").pk
    add(email="bo@y.example")
    at = "/api/v1/suppressions"
    entries = [
        {"kind": "address", "value": "Ana@x.example", "reason": "manual", "comment": "By phone"},
        {"kind": "domain", "value": "x.example", "reason": "manual", "comment": "Closed"},
        {"kind": "hash", "value": "ana@x.example", "reason": "unsubscribed"},
        {"kind": "address", "channel": "sms", "value": "+33612345678", "reason": "manual"},
        {"kind": "domain", "value": "y.example", "reason": "manual", "comment": "Another"},
    ]
    for entry in entries:
        assert api.post(at, {"channel": "email", **entry}).status_code == 201, entry
    known, page = unpacked(client.post(f"/contacts/{ana}/hand-out"))
    told = known["data"]["contacts.own"]["suppressions"]
    assert [(one["channel"], one["kind"], one["value"]) for one in told] == [
        ("email", "address", "ana@x.example"),
        ("email", "domain", "x.example"),
        ("email", "hash", None),
        ("sms", "address", "+33612345678"),
    ]
    assert [one["comment"] for one in told] == ["By phone", "Closed", "", ""]
    assert {one["reason"] for one in told} == {"manual", "unsubscribed"}
    assert all(one["since"] for one in told)
    assert "By phone" in page
