"""PRV-02: bodies measure no more than the person allowed, and nothing once it was withdrawn."""

import itertools

import pytest
from django.test import Client

from contacts.models import Consent, Contact
from contacts.services import consent
from contacts.services.consent import Proof
from emails.models import Delivery, HeldClick
from kernel import clock, preferences
from tests.emails.people import make_contact
from tests.emails.test_opens_and_clicks_come_back import events_of, mail_to, path_of
from tests.settle import settle

pytestmark = pytest.mark.django_db
AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}
OPENS, CLICKS = "open_tracking", "click_tracking"
PLAIN = 'href="https://example.com/offer?a=1"'


def say(contact: Contact, purpose: str, state: str) -> None:
    consent.give([contact.pk], Proof(purpose, state, "api", clock.now()), clock.now())


@pytest.mark.parametrize("unasked", [True, False])
@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_prv_02_every_answer_gets_its_own_body(unasked: bool, kind: str):
    preferences.put("tracking.measure_unasked", unasked)
    for opens, clicks in itertools.product((None, "granted", "refused"), repeat=2):
        person = make_contact(f"{opens}.{clicks}@x.example")
        for purpose, state in ((OPENS, opens), (CLICKS, clicks)):
            if state:
                say(person, purpose, state)
        html = mail_to(person, kind=kind)
        sees = {None: unasked, "granted": True, "refused": False}
        assert ("/e/o/" in html) == sees[opens], (opens, clicks)
        assert ("<img" in html) == sees[opens], (opens, clicks)
        assert ("/e/c/" in html) == sees[clicks], (opens, clicks)
        assert (PLAIN in html) != sees[clicks], (opens, clicks)


def test_prv_02_a_consent_that_waits_to_be_confirmed_measures_nothing():
    preferences.put("tracking.measure_unasked", True)
    person = make_contact()
    Consent.objects.create(contact=person, purpose=OPENS, state="pending", at=clock.now())
    assert "/e/o/" not in mail_to(person)


def test_prv_02_mails_sent_before_the_withdrawal_record_nothing_after_it():
    person, browser = make_contact(), Client(headers=AGENT)
    html = mail_to(person)
    # A hit that is still on the spool when the person withdraws is late, too.
    browser.get(path_of(html, "o"))
    for purpose in (OPENS, CLICKS):
        say(person, purpose, "refused")
    assert browser.get(path_of(html, "o")).status_code == 200
    answer = browser.get(path_of(html, "c"))
    assert answer["Location"].startswith("https://example.com/offer?a=1")
    assert events_of("emails.opened") + events_of("emails.clicked") == []
    row = Delivery.objects.get()
    assert (row.opened_at, row.machine_at, row.clicked_at) == (None, None, None)
    say(person, OPENS, "granted")
    browser.get(path_of(html, "o"))
    assert len(events_of("emails.opened")) == 1


def test_prv_02_a_click_that_waits_is_forgotten_with_the_withdrawal():
    person = make_contact()
    html = mail_to(person)
    Client(headers={"user-agent": ""}).get(path_of(html, "c"))
    events_of("emails.clicked")
    say(person, CLICKS, "refused")
    HeldClick.objects.update(due_at=clock.now())
    settle()
    assert events_of("emails.clicked") == []
    assert HeldClick.objects.count() == 0
