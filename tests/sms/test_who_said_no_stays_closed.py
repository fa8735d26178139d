"""What closed a number outlives its person; START takes back what STOP did there, and no more."""

import pytest
from django.test import Client

from contacts.models import Suppression
from contacts.services import consent, erase, merge
from contacts.services.consent import Proof
from kernel import clock
from sms.models import TextDelivery
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import reply

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "+33612345678", "+33612345699"


@pytest.fixture
def wrote(twilio, settings):
    def write(text, name, number=NUMBER):
        answer = reply(Client(), settings.SITE_URL, number, text, f"SM{name:032x}")
        assert answer.status_code == 200
        settle()

    return write


def refuse(contact):
    said = Proof("sms_marketing", "refused", "link", clock.now())
    consent.give([contact.pk], said, clock.now())


def reason_for(contact):
    """Text somebody once more; return why they got nothing."""
    text = make_text()
    send(text, contact, visit=text.pk, now=clock.now())
    settle()
    return TextDelivery.objects.get(sms_id=text.pk).reason


def test_start_leaves_what_an_erasure_closed(wrote):
    ana = make_contact()
    consent.close([ana.pk], "sms", "unsubscribed", "by hand", clock.now())
    erase.erase(ana.pk, clock.now())
    zoe = make_contact()
    wrote("STOP", 1)
    wrote("START", 2)
    assert reason_for(zoe) == "suppressed"


def test_start_of_one_number_opens_no_other(wrote):
    wrote("STOP", 1, OTHER)
    zoe = make_contact()
    assert reason_for(zoe) is None
    type(zoe).objects.filter(pk=zoe.pk).update(mobile=OTHER)
    wrote("STOP", 2)
    wrote("START", 3)
    assert Suppression.objects.count() == 1
    assert reason_for(zoe) == "suppressed"
    assert reason_for(make_contact()) is None
    wrote("START", 4, OTHER)
    assert (Suppression.objects.count(), reason_for(zoe)) == (0, None)


def test_a_refusal_of_texts_stays_when_its_person_is_forgotten(twilio):
    ana = make_contact()
    refuse(ana)
    erase.erase(ana.pk, clock.now())
    assert reason_for(make_contact()) == "suppressed"
    assert reason_for(make_contact(OTHER)) is None


def test_a_refusal_of_texts_stays_with_a_number_that_a_merge_loses(twilio):
    winner, loser = make_contact(OTHER), make_contact()
    refuse(loser)
    merge.merge(winner.pk, loser.pk, clock.now())
    assert reason_for(make_contact()) == "suppressed"


def test_a_refusal_of_mails_closes_no_number(twilio):
    ana = make_contact(email="ana@example.org", email_key="ana@example.org")
    said = Proof("email_marketing", "refused", "link", clock.now())
    consent.give([ana.pk], said, clock.now())
    erase.erase(ana.pk, clock.now())
    assert reason_for(make_contact()) is None
