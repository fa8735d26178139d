"""What people wrote while nobody took Twilio's calls is looked up afterwards: it may be a STOP."""

from datetime import timedelta

import pytest
from django.test import Client

from contacts.models import DoNotContact
from kernel import clock
from sms.models import Inbox, Receipt
from sms.services import missed
from tests.settle import settle
from tests.sms.people import make_contact
from tests.sms.provider import FROM, call, reply

pytestmark = pytest.mark.django_db
NUMBER = "+33612345678"


@pytest.fixture
def since(twilio):
    """Begin to read our inbox an hour ago."""
    begun = clock.now() - timedelta(hours=1)
    assert missed.look(begun) == 0
    return begun


def looked():
    found = missed.look(clock.now())
    settle()
    return found


def test_a_stop_that_nobody_took_is_obeyed_once(twilio, since, settings):
    zoe = make_contact()
    stop = twilio.write_to_us(NUMBER, "Stop")
    assert (looked(), looked()) == (1, 0)
    assert DoNotContact.objects.get().contact_id == zoe.pk
    reply(Client(), settings.SITE_URL, NUMBER, "Stop", stop["sid"])
    settle()
    assert Receipt.objects.get().told["From"] == NUMBER


def test_what_came_by_a_call_is_not_taken_in_again(twilio, since, settings):
    stop = twilio.write_to_us(NUMBER, "Stop")
    reply(Client(), settings.SITE_URL, NUMBER, "Stop", stop["sid"])
    settle()
    assert looked() == 0


def test_a_start_that_was_heard_is_not_undone_by_an_older_stop(twilio, since, settings):
    make_contact()
    twilio.write_to_us(NUMBER, "Stop")
    reply(Client(), settings.SITE_URL, NUMBER, "START", "SM" + "e" * 32)
    settle()
    assert looked() == 1
    assert not DoNotContact.objects.exists()


def test_pages_are_followed_and_our_own_texts_passed_over(twilio, since):
    twilio.page = 2
    for place in range(5):
        twilio.write_to_us(f"+3361234567{place}", "Hello", messaging_service_sid="MG1")
        twilio.message({"To": FROM, "From": FROM, "Body": "ours"})
    assert looked() == 5
    writers = Receipt.objects.values_list("told__From", flat=True)
    assert sorted(writers) == [f"+3361234567{place}" for place in range(5)]


def test_what_came_while_twilio_was_away_too_waits(twilio, since):
    twilio.write_to_us(NUMBER, "Stop")
    twilio.away = True
    assert looked() == 0
    assert Inbox.objects.get().read_to == since
    twilio.away = False
    assert looked() == 1


def test_what_came_before_the_number_was_ours_is_left_alone(twilio):
    twilio.write_to_us(NUMBER, "Stop")
    assert (looked(), Receipt.objects.count()) == (0, 0)


def test_a_call_for_a_former_account_is_refused_and_noted(twilio, since, settings, caplog):
    Inbox.objects.create(account="AC-former", number=FROM, read_to=since)
    where = f"{settings.SITE_URL}/hooks/twilio/inbound"
    told = {"MessageSid": "SM" + "d" * 32, "From": NUMBER, "To": FROM, "Body": "Stop"}
    for account, lines in (("AC-strange", 0), ("AC-former", 1)):
        assert call(Client(), where, {**told, "AccountSid": account}).status_code == 403
        assert len([one for one in caplog.records if "had before" in one.message]) == lines
