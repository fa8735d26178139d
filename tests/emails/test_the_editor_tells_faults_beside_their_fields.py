"""What is wrong with subject, preheader or sender is told while the body is still drawn."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from emails.models import Email
from kernel import preferences
from tests.emails.people import make_email

BODY = {"name": "N", "mode": "html", "html": "<p>Drawn</p>", "subject": "S"}


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["subject", "preheader", "from_name", "from_address", "reply_to"])
def test_a_faulty_line_does_not_hide_the_page(screen: Client, field: str):
    shown = screen.post("/emails/preview", {**BODY, field: "{{ contact.nobody_knows }}"}).json()
    assert [error["field"] for error in shown["errors"]] == [field]
    assert "Drawn" in shown["html"]


@pytest.mark.django_db
def test_a_sender_is_checked_while_it_is_typed(screen: Client):
    shown = screen.post("/emails/preview", {**BODY, "from_address": "not an address"}).json()
    assert [error["field"] for error in shown["errors"]] == ["from_address"]
    assert "Drawn" in shown["html"]
    preferences.put("emails.senders", [{"sender": "example.com"}])
    shown = screen.post("/emails/preview", {**BODY, "from_address": "a@other.example"}).json()
    assert [error["code"] for error in shown["errors"]] == ["sender_not_allowed"]
    faulty = screen.post("/emails/preview", {**BODY, "html": "<p>{{ nobody }}</p>"}).json()
    assert "html" not in faulty


@pytest.mark.django_db(transaction=True)
def test_faults_stand_beside_fields_and_a_server_that_is_away_gets_it_later(open_page: Any):
    email = make_email(name="Letter")
    page = open_page(f"/emails/{email.pk}/edit")
    page.locator("#id_subject").fill("Hello {{ contact.nobody_knows }}")
    page.locator("#id_subject-fault").wait_for()
    expect(page.locator("#id_subject")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_subject").fill("Hello again")
    page.locator("#id_subject-fault").wait_for(state="detached")
    page.route("**/edit", lambda route: route.fulfill(status=503, body="away"))
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#email-away").wait_for()
    expect(page.locator("#id_subject")).to_have_value("Hello again")
    page.locator("#id_preheader").fill("Typed while it was away")
    page.unroute("**/edit")
    page.locator("#email-away").wait_for(state="hidden")
    page.get_by_text("Saved at").wait_for()
    kept = Email.objects.get(pk=email.pk)
    assert (kept.subject, kept.preheader) == ("Hello again", "Typed while it was away")
