"""PRV-02: opens and clicks come back, as far as the person allowed, judged and once."""

import email
import email.policy
import re
from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from contacts.models import Consent, Contact
from contacts.services.restricting import Said, restrict
from emails.models import CapturedMail, Delivery
from kernel import clock, preferences
from kernel.events import type_id
from kernel.models import Event
from tests.emails.people import begin, make_contact
from tests.settle import settle
from tracking import spool, spooler

pytestmark = pytest.mark.django_db
PERSON = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}


@pytest.fixture
def browser() -> Client:
    return Client(headers={"user-agent": PERSON["HTTP_USER_AGENT"]})


def mail_to(contact: Contact, **values: str) -> str:
    """Send one mail and return its HTML."""
    run = begin([contact], **values)
    run.email.sends.update(at=clock.now() - timedelta(minutes=1))
    settle()
    Delivery.objects.update(sent_at=clock.now() - timedelta(minutes=1))
    raw = bytes(CapturedMail.objects.latest("pk").raw)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    html: str = message.get_body(("html",)).get_content()
    return html


def path_of(html: str, kind: str) -> str:
    found = re.search(rf"http://testserver(/e/{kind}/[^\"\s]+)", html)
    assert found, html
    return found[1]


def events_of(key: str) -> list[Event]:
    spool.flush()
    spooler.copy_all()
    return list(Event.objects.filter(type_id=type_id(key)).order_by("id"))


def test_an_open_and_a_click_become_events_and_firsts_in_the_ledger(browser: Client):
    html = mail_to(make_contact())
    assert browser.get(path_of(html, "o"))["Content-Type"] == "image/gif"
    answer = browser.get(path_of(html, "c"))
    assert (answer.status_code, answer["Location"]) == (302, "https://example.com/offer?a=1")
    [opened], [clicked] = events_of("emails.opened"), events_of("emails.clicked")
    assert (opened.verdict, clicked.verdict) == (1, 1)
    assert clicked.data["url"] == "https://example.com/offer?a=1"
    assert clicked.data["link"] == 1
    for event in (opened, clicked):
        assert (event.data["device"], event.data["system"]) == ("desktop", "linux")
    row = Delivery.objects.get()
    assert clicked.data["delivery"] == str(row.pk)
    assert row.opened_at == opened.occurred_at
    assert row.clicked_at == clicked.occurred_at
    browser.get(path_of(html, "o"))
    assert len(events_of("emails.opened")) == 2
    row.refresh_from_db()
    assert row.opened_at == opened.occurred_at


@pytest.mark.parametrize(
    ("agent", "verdict"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140", 1),
        ("curl/8.5", 2),
        ("Mozilla/5.0 (via ggpht.com GoogleImageProxy)", 2),
        ("Mozilla/5.0", 2),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36", 3),
        ("SomeBot/1.0 (+https://bot.example)", 3),
    ],
)
def test_the_verdict_of_an_open_follows_simple_signs(browser: Client, agent: str, verdict: int):
    html = mail_to(make_contact())
    browser.get(path_of(html, "o"), headers={"user-agent": agent})
    [event] = events_of("emails.opened")
    assert event.verdict == verdict
    # Neither a proxy nor a program says what its reader holds in hand.
    assert (event.data.get("system") == "windows") == (verdict == 1)
    row = Delivery.objects.get()
    assert (row.opened_at is None, row.machine_at is None) == (verdict == 3, verdict != 3)


def test_a_head_or_a_prefetch_is_never_a_person(browser: Client):
    html = mail_to(make_contact())
    assert browser.head(path_of(html, "c")).status_code == 302
    browser.get(path_of(html, "c"), headers={"sec-purpose": "prefetch"})
    assert [event.verdict for event in events_of("emails.clicked")] == [3, 3]
    assert Delivery.objects.get().clicked_at is None


@pytest.mark.parametrize(("refused", "kept"), [("open_tracking", "c"), ("click_tracking", "o")])
def test_who_refused_to_be_measured_gets_no_pixel_or_plain_links(refused: str, kept: str):
    contact = make_contact()
    Consent.objects.create(contact=contact, purpose=refused, state="refused", at=clock.now())
    html = mail_to(contact)
    assert ("/e/o/" in html, "/e/c/" in html) == (kept == "o", kept == "c")
    assert ("https://example.com/offer?a=1" in html) == (kept == "o")


def test_who_was_never_asked_is_measured_only_if_the_workspace_says_so():
    preferences.put("tracking.measure_unasked", False)
    html = mail_to(make_contact())
    assert "/e/o/" not in html
    assert "/e/c/" not in html


def test_from_the_withdrawal_on_old_mails_measure_nothing(browser: Client):
    contact = make_contact()
    html = mail_to(contact)
    Consent.objects.create(
        contact=contact, purpose="open_tracking", state="refused", at=clock.now()
    )
    assert browser.get(path_of(html, "o")).status_code == 200
    assert events_of("emails.opened") == []
    assert Delivery.objects.get().opened_at is None


def test_a_click_leads_only_where_the_mail_led(browser: Client):
    path = path_of(mail_to(make_contact()), "c")
    pixel = path_of(CapturedMail.objects.count() and mail_to(make_contact("b@example.com")), "o")
    for wrong in (path[:-1], path[:-2] + "xx", path + "x", pixel.replace("/o/", "/c/"), "/e/c/x"):
        answer = browser.get(wrong)
        assert (answer.status_code, "Location" in answer) == (200, False), wrong
    answer = browser.get(path + "?url=https://evil.example")
    assert answer["Location"] == "https://example.com/offer?a=1"
    assert events_of("emails.clicked")


def test_pixel_and_link_answer_without_the_database(browser: Client, django_db_blocker):
    html = mail_to(make_contact())
    with django_db_blocker.block():
        assert browser.get(path_of(html, "o")).status_code == 200
        assert browser.get(path_of(html, "c")).status_code == 302
    assert len(events_of("emails.clicked")) == 1


def test_statistics_tell_people_from_machines(browser: Client, api: APIClient):
    html = mail_to(make_contact())
    browser.get(path_of(html, "o"), headers={"user-agent": "ScannerBot"})
    events_of("emails.opened")
    at = f"/api/v1/emails/{Delivery.objects.get().email_id}/statistics"
    first = api.get(at).json()
    assert (first["sent"], first["opened"], first["opened_by_machine_only"]) == (1, 0, 1)
    browser.get(path_of(html, "o"))
    events_of("emails.opened")
    second = api.get(at).json()
    assert (second["opened"], second["opened_by_machine_only"]) == (1, 0)


def test_prv_11_of_a_mail_that_is_out_nothing_is_kept_once_its_reader_is_restricted(
    browser: Client,
):
    contact = make_contact()
    html = mail_to(contact)
    restrict([contact.pk], "claims", Said("user:1", "Court"), clock.now())
    browser.get(path_of(html, "o"))
    # The link leads on all the same.
    assert browser.get(path_of(html, "c")).status_code == 302
    assert events_of("emails.opened") == events_of("emails.clicked") == []
    row = Delivery.objects.get()
    assert (row.opened_at, row.clicked_at) == (None, None)
