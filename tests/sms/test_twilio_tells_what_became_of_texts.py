"""Receipts and replies: believed when signed, told once, never taken back by what came before."""

from datetime import timedelta

import pytest
from django.test import Client

from contacts.models import Consent, DoNotContact
from contacts.services import consent
from kernel import clock, preferences
from kernel.events import type_id
from kernel.models import Event
from sms.models import Receipt, State, TextDelivery
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import call, reply, status

pytestmark = pytest.mark.django_db
SEED = "<img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture
def sent(twilio):
    zoe = make_contact()
    send(make_text(), zoe, now=clock.now())
    settle()
    return zoe, twilio.messages[0]


@pytest.fixture
def outside():
    return Client(enforce_csrf_checks=True)


def row():
    return TextDelivery.objects.get()


def told(*keys):
    return [Event.objects.filter(type_id=type_id(f"sms.{key}")).count() for key in keys]


def test_rel_43_receipts_five_times_and_out_of_order_are_one(sent, outside):
    _zoe, message = sent
    for _time in range(5):
        for state in ("delivered", "sent", "queued", "sending"):
            assert status(outside, message, state).status_code == 204
        settle()
    assert (row().status, row().state) == ("delivered", State.SENT)
    assert row().delivered_at is not None
    assert told("sent", "delivered", "failed") == [1, 1, 0]


def test_what_did_not_arrive_fails_and_dead_numbers_are_closed(sent, outside):
    zoe, message = sent
    status(outside, message, "undelivered", ErrorCode="30006")
    status(outside, message, "delivered")
    settle()
    assert (row().state, told("failed", "delivered")) == (State.FAILED, [1, 0])
    assert DoNotContact.objects.get(contact=zoe).reason == "hard_bounce"


def test_a_receipt_that_is_quicker_than_the_answer_settles_the_doubt(twilio, outside, shift):
    twilio.answers = ["reset"]
    send(make_text(), make_contact(), now=clock.now())
    settle()
    status(outside, twilio.messages[0], "delivered")
    settle()
    assert (row().state, told("sent", "delivered")) == (State.SENT, [1, 1])
    shift(timedelta(minutes=30))
    settle()
    assert (len(twilio.messages), told("sent")) == (1, [1])


def test_sec_58_unsigned_forged_and_foreign_calls_change_nothing(sent, outside, settings):
    _zoe, message = sent
    fine = {"MessageSid": message["sid"], "MessageStatus": "delivered"}
    url = message["callback"]
    other = url.replace("/status/", "/status/9")
    path = url.removeprefix(settings.SITE_URL)
    answers = [
        outside.post(path, fine),
        call(outside, url, fine, token="wrong"),
        call(outside, url, fine, HTTP_X_TWILIO_SIGNATURE=""),
        call(outside, url, {**fine, "AccountSid": "AC" + "9" * 32}),
        # Signed for another address than it is sent to.
        call(outside, url, fine, sent_to=other),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert outside.get(path, fine).status_code == 405
    assert call(outside, url, {**fine, "MessageSid": "x y"}).status_code == 400
    assert call(outside, url, {**fine, "MessageStatus": "teleported"}).status_code == 204
    settle()
    assert (Receipt.objects.count(), row().delivered_at) == (0, None)


def test_sec_07_replies_are_told_once_and_harmless_where_they_are_read(
    sent, outside, client, alice, settings
):
    zoe, _message = sent
    for _time in range(2):
        assert reply(outside, settings.SITE_URL, "+33612345678", SEED).status_code == 200
        settle()
    [event] = Event.objects.filter(type_id=type_id("sms.replied"))
    assert (event.contact_id, event.subject_id) == (zoe.pk, row().sms_id)
    assert event.data["text"] == SEED
    assert row().replied_at is not None
    client.force_login(alice)
    page = client.get(f"/contacts/{zoe.pk}/timeline").content.decode()
    assert "onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Arrêt", "STOP 36111", "stoppez !"])
def test_stop_closes_the_channel_once_and_start_opens_it(sent, outside, settings, word):
    zoe, _message = sent
    preferences.put("contacts.phone_region", "FR")
    twin, by_hand = make_contact("06 12 34 56 78"), make_contact("0033612345678")
    consent.close([by_hand.pk], "sms", "unsubscribed", "api", clock.now())
    reply(outside, settings.SITE_URL, "+33612345678", word, "SM" + "1" * 32)
    reply(outside, settings.SITE_URL, "+33612345678", word, "SM" + "2" * 32)
    settle()
    closed = DoNotContact.objects.filter(channel="sms", reason="unsubscribed")
    assert set(closed.values_list("contact", flat=True)) == {zoe.pk, twin.pk, by_hand.pk}
    consent.close([zoe.pk], "sms", "manual", "", clock.now())
    reply(outside, settings.SITE_URL, "+33612345678", "Start", "SM" + "3" * 32)
    settle()
    left = set(DoNotContact.objects.values_list("contact", "reason"))
    assert left == {(zoe.pk, "manual"), (by_hand.pk, "unsubscribed")}
    [said] = Consent.objects.filter(purpose="sms_marketing")
    assert (said.contact_id, said.state) == (zoe.pk, "granted")


def test_stop_of_a_number_nobody_has_holds_for_whoever_gets_it(twilio, outside, settings):
    reply(outside, settings.SITE_URL, "+33612345678", "STOP")
    settle()
    send(make_text(), make_contact(), now=clock.now())
    settle()
    assert (row().reason, twilio.messages) == ("suppressed", [])


def test_words_within_an_answer_leave_nobody_out(sent, outside, settings):
    reply(outside, settings.SITE_URL, "+33612345678", "Please don't stop these!")
    settle()
    assert not DoNotContact.objects.exists()
