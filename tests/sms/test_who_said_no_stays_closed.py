"""What closed a number outlives its person; START takes back what STOP did there, and no more."""

import pytest
from django.test import Client

from contacts.models import DoNotContact, Suppression
from contacts.services import consent, erase, merge
from contacts.services.consent import Proof
from kernel import clock
from kernel.events import type_id
from kernel.models import Event
from sms.models import TextDelivery
from sms.services import claims, composing, outcomes, transports
from sms.services.transports import Answer, Reply
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import reply, status

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


def told_dead(twilio):
    status(Client(), twilio.messages[0], "undelivered", ErrorCode="30006")
    settle()


def test_a_number_that_was_corrected_meanwhile_is_not_closed_as_dead(twilio):
    zoe = make_contact(OTHER)
    assert reason_for(zoe) is None
    type(zoe).objects.filter(pk=zoe.pk).update(mobile=NUMBER)
    told_dead(twilio)
    assert not DoNotContact.objects.exists()
    assert reason_for(zoe) is None


def test_a_dead_number_of_somebody_merged_is_closed_for_the_survivor(twilio):
    loser, winner = make_contact(), make_contact()
    [_row] = send(make_text(), loser, now=clock.now())
    carrier = transports.transport()
    [held] = claims.claim(0, carrier, 1, clock.now(), transactional=False)[0]
    composing.begin([held], carrier, clock.now())
    merge.merge(winner.pk, loser.pk, clock.now())
    refused = Reply(Answer.PERMANENT, "21614: no mobile number", 21614)
    outcomes.commit([outcomes.of(held, refused, clock.now())])
    assert DoNotContact.objects.get().contact_id == winner.pk
    told = Event.objects.filter(type_id=type_id("sms.failed"))
    assert [event.contact_id for event in told] == [winner.pk]
