"""PRV-06: one act gives all that is known of a person, for machines and to be read; it is told."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role, User
from emails.models import Delivery, State
from kernel import preferences
from kernel.contactdata import contact_data
from kernel.events import Fact, record
from sms.models import TextDelivery
from tests.cast import make_user
from tests.contacts.test_contacts_on_screen import add
from tests.emails.people import make_email, make_segment
from tests.sms.people import NOW as NOON
from tests.sms.people import make_text

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


def test_prv_06_messages_are_told_as_they_were_sent(client: Client, alice: User):
    client.force_login(alice)
    ana = add(email="ana@x.example", mobile="+33612345678", first_name="Ana")
    email = make_email(subject="{{ contact.first_name }}, order {{ event.order }}")
    text = make_text("Parcel {{ event.order }} for {{ contact.first_name }}")
    common = {"contact_id": ana.pk, "due_at": NOON, "sent_at": NOON, "state": State.SENT}
    for number, version in enumerate((email.current_id, email.current_id, 999_999)):
        context = {"order": f"A{number}"} if number else None
        Delivery.objects.create(
            email_id=email.pk, version_id=version, cause=f"step:{number}", context=context, **common
        )
    Delivery.objects.create(
        email_id=email.pk,
        contact_id=ana.pk,
        due_at=NOON,
        cause="api:1",
        state=State.SKIPPED,
        reason="no_consent",
    )
    TextDelivery.objects.create(
        sms_id=text.pk, version_id=text.current_id, cause="c", context={"order": "B7"}, **common
    )
    known, page = unpacked(client.post(f"/contacts/{ana.pk}/hand-out"))
    told = known["data"]["emails.deliveries"]["emails"]
    assert [one["subject"] for one in told] == ["Ana, order ", "Ana, order A1", None, None]
    assert known["data"]["sms.deliveries"]["sms"][0]["text"] == "Parcel B7 for Ana"
    for words in ("Ana, order A1", "Parcel B7 for Ana", "skipped", "no consent", "a campaign"):
        assert words in page, words
    for raw in ("no_consent", "sent_at", "step:1", "2026-11-22T", "{&quot;"):
        assert raw not in page, raw


def test_prv_06_events_are_told_in_words(api: APIClient, client: Client, alice: User):
    for field in (
        {"alias": "salary", "label": "Salary", "sensitive": True},
        {"alias": "size", "label": "Shoe size"},
    ):
        assert api.post("/api/v1/fields", {**field, "type": "number"}).status_code == 201
    ana = add(email="ana@x.example", size=41)
    segment = make_segment([], "Skiers")
    facts = {
        "segments.entered": Fact(ana.pk, NOON, segment.pk),
        "contacts.updated": Fact(ana.pk, NOON, None, {"changed": ["size", "salary"]}),
        "shop.visited": Fact(ana.pk, NOON, None, {"basket": {"items": ["boots", "poles"]}}),
        "contacts.created": Fact(ana.pk, NOON, None, {"source": f"user:{alice.pk}"}),
    }
    for key, fact in facts.items():
        record(key, [fact], now=NOON)
    preferences.put("workspace.timezone", "Asia/Tokyo")
    rights = {"*": {"*": "all"}, "sensitive": {}}
    client.force_login(make_user("Emma", Role.objects.create(name="Partly", rights=rights)))
    known, page = unpacked(client.post(f"/contacts/{ana.pk}/hand-out"))
    told = {one["type"]: one for one in known["data"]["contacts.log"]["events"]}
    about = {"type": "segment", "id": str(segment.pk), "name": "Skiers"}
    assert told["segments.entered"]["subject"] == about
    assert "Skiers" in told["segments.entered"]["words"]
    assert told["contacts.updated"]["subject"] is None
    assert told["contacts.updated"]["data"] == {"changed": ["size"]}
    assert told["contacts.updated"]["words"] == "Changed: Shoe size, a sensitive field"
    for words in ("Shoe size</dt><dd>41<", "22 Nov 2026, 19:00", "<li>boots</li>", "a colleague"):
        assert words in page, words
    assert "Alice" not in page
