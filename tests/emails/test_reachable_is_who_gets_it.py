"""Who counts as reachable is who gets a marketing mail: in the builder, on pages, in lists."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact, Restriction, Suppression
from contacts.services import consent, suppression
from contacts.services.consent import Proof
from contacts.services.reaching import why_not
from contacts.words import Purpose, Reason
from emails.models import Delivery, State
from emails.services import audience
from kernel import clock, preferences
from tests.emails.people import make_contact, make_email, make_segment
from tests.settle import settle

pytestmark = pytest.mark.django_db
EVERYBODY = {"field": "first_name", "op": "is", "value": "Zoë"}
WORDS = {
    "suppressed": "On the suppression list",
    "no_consent": "No consent",
    "unconfirmed": "Not confirmed yet",
    "no_address": "No email",
}


def listed(kind: str, value: str, reason: str = Reason.MANUAL, *, below: bool = False) -> None:
    told = {"kind": kind, "value": value, "reason": reason, "below": below}
    Suppression.objects.create(**told, channel="email", since=clock.now())


def said(contact: Contact, state: str) -> None:
    now = clock.now()
    consent.give([contact.pk], Proof(Purpose.EMAIL, state, "test", now), now)


def everybody() -> dict[str, Contact]:
    """Make one for each reason for which no mail comes, and three whom it reaches."""
    names = ["fine", "agreed", "soft.topic", "address", "hash", "refused", "pending", "complained"]
    people = {name: make_contact(f"{name}@example.com") for name in names}
    people |= {"domain": make_contact("who@closed.example"), "none": make_contact(None)}
    people |= {
        "below": make_contact("who@a.b.deep.example"),
        "deep": make_contact("w@deep.example"),
    }
    # What was closed without what is below it leaves that open; so does a mere likeness.
    people |= {"beside": make_contact("who@sub.closed.example")}
    people |= {"alike": make_contact("who@a.notdeep.example")}
    people["restricted"] = make_contact("held@example.com")
    now = clock.now()
    listed("address", "address@example.com")
    listed("domain", "closed.example")
    listed("domain", "deep.example", below=True)
    listed("hash", suppression.digest("hash@example.com"), Reason.UNSUBSCRIBED)
    said(people["agreed"], "granted")
    said(people["refused"], "refused")
    said(people["pending"], "pending")
    consent.close([people["complained"].pk], "email", Reason.COMPLAINT, "", now)
    consent.close([people["fine"].pk], "sms", Reason.MANUAL, "", now)
    held = people["restricted"]
    Restriction.objects.create(contact=held, ground="other", comment="", source="user:1", at=now)
    return people


@pytest.mark.parametrize("required", [False, True])
def test_the_number_seen_is_the_number_of_mails(api: Any, required: bool):
    people = everybody()
    preferences.put("emails.require_consent", required)
    expected = {"agreed"} if required else {"fine", "agreed", "soft.topic", "beside", "alike"}
    counted = api.post("/api/v1/segments/parts", {"filter": EVERYBODY}).json()["reachable"]
    assert counted == len(expected)
    assert {name for name, one in people.items() if one.pk not in why_not([one.pk])} == expected
    email = make_email(type="segment", segments=[make_segment(list(people.values()))])
    assert audience.of(email).reachable == len(expected)
    assert api.post(f"/api/v1/emails/{email.pk}/send", {}).status_code == 202
    settle()
    sent = Delivery.objects.filter(email_id=email.pk, state=State.SENT)
    assert set(sent.values_list("contact_id", flat=True)) == {people[name].pk for name in expected}


def test_the_page_and_the_list_say_why(client: Client, alice: User):
    people = everybody()
    client.force_login(alice)
    rows = client.get("/contacts").content.decode()
    reasons = why_not([one.pk for one in people.values()])
    for name in ("fine", "hash", "below", "pending", "refused", "none"):
        contact = people[name]
        reason = reasons.get(contact.pk)
        page = client.get(f"/contacts/{contact.pk}").content.decode()
        word = WORDS[reason] if reason else "Reachable"
        assert f"{word}</span>" in page, (name, word)
    assert rows.count(">on the suppression list</span>") == 5
    assert rows.count(">not confirmed yet</span>") == 1
