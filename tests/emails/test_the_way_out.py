"""Unsubscribing: GET never, one click without cookies, one token for one person (SEC-42)."""

import email
import email.policy
import re

import pytest
from django.test import Client

from contacts.models import Consent, Contact, DoNotContact
from emails.models import CapturedMail, Delivery
from kernel.events import type_id
from kernel.models import Event
from tests.emails.people import NOW, begin, make_contact
from tests.settle import settle

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def mail_to(contact: Contact, **values: str) -> email.message.EmailMessage:
    begin([contact], **values)
    settle(NOW)
    raw = bytes(CapturedMail.objects.latest("pk").raw)
    return email.message_from_bytes(raw, policy=email.policy.default)


def way_out(message: email.message.EmailMessage) -> str:
    found = re.fullmatch(r"<http://testserver(/e/u/[^>]+)>", message["List-Unsubscribe"])
    assert found
    return found[1]


def left() -> list[tuple[int, str]]:
    return list(DoNotContact.objects.values_list("contact_id", "reason"))


def test_looking_at_the_page_never_unsubscribes(browser: Client):
    path = way_out(mail_to(make_contact()))
    for answer in (browser.get(path), browser.head(path), browser.get(path + "?lang=fr")):
        assert answer.status_code == 200
    assert left() == []


def test_one_click_by_post_needs_no_cookie_and_works_twice(browser: Client):
    contact = make_contact()
    message = mail_to(contact)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _time in range(2):
        answer = browser.post(way_out(message), ONE_CLICK)
        assert (answer.status_code, answer.cookies) == (200, {})
    assert left() == [(contact.pk, "unsubscribed")]
    told = Event.objects.filter(type_id=type_id("emails.unsubscribed"))
    assert [(event.contact_id, event.subject_id) for event in told] == [
        (contact.pk, Delivery.objects.get().email_id)
    ]
    assert Delivery.objects.get().unsubscribed_at is not None


def test_the_button_unsubscribes_and_the_undo_takes_it_back(browser: Client):
    path = way_out(mail_to(make_contact()))
    assert "You are unsubscribed" in browser.post(path).content.decode()
    assert "You are unsubscribed" in browser.get(path).content.decode()
    assert len(left()) == 1
    assert "Welcome back" in browser.post(path, {"undo": "1"}).content.decode()
    assert left() == []


def test_a_wrong_token_gets_one_neutral_answer(browser: Client):
    path = way_out(mail_to(make_contact()))
    preferences = path.replace("/e/u/", "/e/p/")
    wrong = ["/e/u/x", path[:-1], path[:-2] + "zz", "/e/u/" + "a" * 9000]
    answers = {browser.get(one).content for one in wrong} | {browser.get(preferences).content}
    assert len(answers) == 1
    assert {browser.post(one).content for one in wrong} == answers
    clicks = {browser.post(one, ONE_CLICK).content for one in [*wrong[:2], path]}
    assert clicks == {b"OK"}


def test_the_token_outlives_the_email(browser: Client):
    contact = make_contact()
    path = way_out(mail_to(contact))
    Delivery.objects.get()
    from emails.models import Email

    Email.objects.all().delete()
    assert browser.post(path, ONE_CLICK).status_code == 200
    Delivery.objects.all().delete()
    DoNotContact.objects.all().delete()
    assert browser.post(path, ONE_CLICK).status_code == 200
    assert left() == [(contact.pk, "unsubscribed")]


def test_transactional_mail_has_no_one_click(browser: Client):
    message = mail_to(make_contact(), kind="transactional")
    assert message["List-Unsubscribe"] is None


def test_the_page_speaks_the_language_of_the_mail(browser: Client):
    path = way_out(mail_to(make_contact(), language="fr"))
    page = browser.get(path, headers={"accept-language": "en"}).content.decode()
    assert 'lang="fr"' in page
    assert "Se désabonner" in page
    assert "Unsubscribe" in browser.get(path + "?lang=en").content.decode()
    assert "zoe@example.com" not in page


def test_preferences_say_what_is_in_force_and_keep_what_is_chosen(browser: Client):
    contact = make_contact()
    html = mail_to(contact, html="<p>{{ preferences_url }}</p>").get_body(("html",)).get_content()
    path = re.search(r"http://testserver(/e/p/[^<\s]+)", html)[1]
    assert browser.get(path).content.decode().count(" checked") == 3
    page = browser.post(path, {"click_tracking": "on"}).content.decode()
    assert page.count(" checked") == 1
    assert left() == [(contact.pk, "unsubscribed")]
    said = dict(Consent.objects.filter(contact=contact).values_list("purpose", "state"))
    assert said == {"open_tracking": "refused"}
    browser.post(path, {"receives": "on", "open_tracking": "on", "click_tracking": "on"})
    assert left() == []


def test_the_mail_can_be_read_in_a_browser_without_any_rights(browser: Client):
    message = mail_to(make_contact(), html="<p>{{ contact.first_name }} {{ webview_url }}</p>")
    html = message.get_body(("html",)).get_content()
    path = re.search(r"http://testserver(/e/v/[^<\s]+)", html)[1]
    answer = browser.get(path)
    assert "Zoë" in answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    Contact.objects.all().delete()
    assert "Zoë" not in browser.get(path).content.decode()
