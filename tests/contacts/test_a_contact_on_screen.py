"""The page of a contact: timeline by kind and text, consent noted down, rights, erasure."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.backoffice.facts import FEW
from contacts.models import Consent, ConsentRecord, Contact, ContactState, DoNotContact, Field
from kernel import clock
from kernel.events import Fact, record
from tests.contacts.test_contacts_on_screen import add
from tests.points.crowd import measured

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def told(client: Client, contact: Contact, **query: Any) -> str:
    return client.get(f"/contacts/{contact.pk}/timeline", query).content.decode()


def test_the_timeline_is_filtered_by_kind_and_text_and_goes_on(screen: Client):
    ada, now = add(email="a@example.com", first_name="Ada"), clock.now()
    pages = [
        Fact(ada.pk, now - timedelta(hours=n), data={"title": f"Page {n}<b>"}, verdict=1)
        for n in range(40)
    ]
    record("pages.viewed", pages, now=now)
    everything = told(screen, ada)
    assert "Page 3&lt;b&gt;" in everything
    assert "Page 39" not in everything
    rest = screen.get(screen.get(f"/contacts/{ada.pk}").context["part"].more).content.decode()
    assert "Page 39" in rest
    assert "Page 3&lt;" not in rest
    assert "Contact created" not in told(screen, ada, kind="web")
    assert "Page" not in told(screen, ada, kind="changes")
    found = told(screen, ada, text="page 37")
    assert found.count('class="happened"') == 1
    for hostile in ({"before": "x"}, {"kind": "x"}, {"before": "2026-13-99", "number": "-1"}):
        assert "Page 3&lt;" in told(screen, ada, **hostile)


def test_channels_and_consents_are_noted_down_with_who_said_so(screen: Client, alice: User):
    ada = add(email="a@example.com")
    screen.post(f"/contacts/{ada.pk}/channels/email", {"act": "close", "reason": "manual"})
    assert DoNotContact.objects.get().reason == "manual"
    assert "by hand" in screen.get("/contacts").content.decode()
    # No mail goes out, whatever else closes the channel: the rank is grey wherever it stands.
    now = clock.now()
    measured()
    ContactState.objects.update(activity_rank=5)
    for more in (None, "unsubscribed"):
        if more:
            DoNotContact.objects.create(contact=ada, channel="email", reason=more, at=now)
        for where, times in (("/contacts", 1), (f"/contacts/{ada.pk}", 2)):
            drawn = re.findall(r'class="rank ([^"]*)"', screen.get(where).content.decode())
            assert [" closed" in kind for kind in drawn] == [True] * times
    DoNotContact.objects.filter(reason="unsubscribed").delete()
    screen.post(f"/contacts/{ada.pk}/channels/email", {"act": "open", "seen": "manual"})
    assert not DoNotContact.objects.exists()
    said = {"purpose": "email_marketing", "state": "granted", "topic": ""}
    # Without the words that were agreed to, it would prove nothing.
    bare = screen.post(f"/contacts/{ada.pk}/consent", {**said, "text": " "})
    assert (bare.status_code, Consent.objects.exists()) == (422, False)
    future = {**said, "text": "Yes", "on": "2199-01-01T10:00"}
    assert screen.post(f"/contacts/{ada.pk}/consent", future).status_code == 422
    proven = {"text": "Send me news", "how": "phone", "on": "2026-01-02T10:00", "reference": "#47"}
    screen.post(f"/contacts/{ada.pk}/consent", {**said, **proven})
    record = ConsentRecord.objects.get()
    assert (record.text, record.reference) == ("Send me news", "by phone · #47")
    assert record.at.date().isoformat() == "2026-01-02"
    assert Consent.objects.get().state == "granted"
    told = screen.get(f"/contacts/{ada.pk}?tab=consent").content.decode()
    assert f'<span class="meta small">{alice.name} · ' in told
    assert "user:" not in told
    wrong = {"purpose": "x", "state": "granted"}
    assert screen.post(f"/contacts/{ada.pk}/consent", wrong).status_code == 404


def test_somebody_is_asked_by_mail_where_one_can_be_sent(screen: Client, api: Any):
    ada, bare = add(email="a@example.com"), add(first_name="Bare")
    asks = {"purpose": "email_marketing", "state": "pending", "topic": "", "seen": ""}
    assert "Ask by email" in screen.get(f"/contacts/{ada.pk}?tab=consent").content.decode()
    assert "Ask by email" not in screen.get(f"/contacts/{bare.pk}?tab=consent").content.decode()
    assert screen.post(f"/contacts/{ada.pk}/consent", asks).status_code == 302
    assert Consent.objects.get().state == "pending"
    assert screen.post(f"/contacts/{bare.pk}/consent", asks).status_code == 404
    body = {"purpose": "email_marketing", "state": "pending"}
    answer = api.post(f"/api/v1/contacts/{bare.pk}/consents", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "no_address")


def test_what_somebody_else_noted_meanwhile_is_not_overwritten(screen: Client):
    ada = add(email="a@example.com")
    at = f"/contacts/{ada.pk}"
    screen.post(f"{at}/channels/email", {"act": "close", "reason": "unsubscribed", "seen": ""})
    late = {"act": "close", "reason": "manual", "comment": "On the <b> phone", "seen": ""}
    answer = screen.post(f"{at}/channels/email", late)
    assert answer.status_code == 409
    assert "On the &lt;b&gt; phone" in answer.content.decode()
    assert DoNotContact.objects.get().reason == "unsubscribed"
    again = {**late, "seen": answer.context["seen"]}
    assert screen.post(f"{at}/channels/email", again).status_code == 302
    assert DoNotContact.objects.count() == 2
    # What cannot be kept is shown, to be typed otherwise.
    valid = {"act": "valid", "proof": "spoke to her " * 100, "seen": "another"}
    valid["seen"] = screen.post(f"{at}/channels/email", valid).context["seen"]
    refused = screen.post(f"{at}/channels/email", valid)
    assert (refused.status_code, 'name="proof"' in refused.content.decode()) == (422, True)
    assert 'type="hidden" name="proof"' not in refused.content.decode()
    said = {
        "purpose": "email_marketing",
        "state": "granted",
        "topic": "",
        "seen": "",
        "text": "Yes",
    }
    assert screen.post(f"{at}/consent", said).status_code == 302
    late = screen.post(f"{at}/consent", {**said, "state": "refused"})
    assert late.status_code == 409
    assert Consent.objects.get().state == "granted"
    again = {**said, "state": "refused", "seen": late.context["seen"]}
    assert screen.post(f"{at}/consent", again).status_code == 302
    assert Consent.objects.get().state == "refused"


def test_who_only_looks_notes_nothing_down(client: Client, bob: User, charlie: User):
    ada = add(email="a@example.com")
    for user, status in ((bob, 200), (charlie, 403)):
        client.force_login(user)
        assert client.get(f"/contacts/{ada.pk}").status_code == status
        assert client.get(f"/contacts/{ada.pk}/timeline").status_code == status
        for address in ("consent", "tags", "channels/email"):
            assert client.post(f"/contacts/{ada.pk}/{address}", {"add": "x"}).status_code == 403
    assert not DoNotContact.objects.exists()


def test_the_page_costs_the_same_whatever_happened(
    screen: Client, django_assert_max_num_queries: Any
):
    ada, now = add(email="a@example.com", company="Acme"), clock.now()
    facts = [Fact(ada.pk, now - timedelta(hours=n), data={}, verdict=1) for n in range(60)]
    record("emails.opened", facts, now=now)
    screen.get(f"/contacts/{ada.pk}")
    with django_assert_max_num_queries(49):
        screen.get(f"/contacts/{ada.pk}")


def test_fields_without_a_value_are_folded(screen: Client):
    for name in ("Shoe size", "Team", "Nickname"):
        Field.objects.create(alias=name.split()[0].lower(), type="text", label=name)
    ada = add(email="a@example.com", team="Blue")
    page = screen.get(f"/contacts/{ada.pk}").content.decode()
    before, folded = page.split("<details><summary", 1)
    assert ("Team" in before, "Nickname" in before) == (True, False)
    assert "2 fields without a value" in folded
    # Where they are filled in, too.
    assert 'id="fact-nickname"' in folded.split("</details>")[0]


def test_of_very_many_fields_those_without_a_value_are_shown_when_asked_for(screen: Client):
    for n in range(FEW + 1):
        Field.objects.create(alias=f"f{n}", type="text", label=f"Field {n}.")
    ada = add(email="a@example.com", f7="seven")
    page = screen.get(f"/contacts/{ada.pk}").content.decode()
    assert ("Field 7." in page, "Field 8." in page) == (True, False)
    assert f"{FEW} fields without a value" in page
    everything = screen.get(f"/contacts/{ada.pk}?fields=all").content.decode()
    assert ("Field 7." in everything, "Field 8." in everything) == (True, True)
    assert "without a value" not in everything
