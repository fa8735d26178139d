"""Texts are handed to Twilio once, whatever it answers, or if the answer never comes."""

from datetime import timedelta

import pytest

from contacts.models import DoNotContact
from kernel import clock, preferences
from kernel.events import type_id
from kernel.models import Event
from sms.models import State, TextDelivery
from sms.services import claims, composing, outcomes, settling, transports
from tests.settle import settle
from tests.sms.people import NOW, make_contact, make_text, send
from tests.sms.provider import FROM, TOKEN

pytestmark = pytest.mark.django_db


def go(*mobiles, body="Hello {{ contact.first_name }}", visit=1):
    contacts = [make_contact(mobile) for mobile in mobiles or ("+33612345678",)]
    send(make_text(body), *contacts, visit=visit, now=clock.now())
    settle()
    return contacts


def row():
    return TextDelivery.objects.get()


def told(key):
    return Event.objects.filter(type_id=type_id(key)).count()


def test_a_text_is_handed_over_with_the_address_its_receipts_come_to(twilio, settings):
    go()
    [message] = twilio.messages
    assert (message["to"], message["from"], message["body"]) == ("+33612345678", FROM, "Hello Zoë")
    assert message["callback"] == f"{settings.SITE_URL}/hooks/twilio/status/{row().pk}"
    kept = row()
    assert (kept.state, kept.sid, kept.status) == (State.SENT, message["sid"], "queued")
    assert (told("sms.sent"), kept.body) == (1, None)


def test_a_messaging_service_takes_the_place_of_a_number(twilio):
    preferences.put("sms.messaging_service", "MG" + "1" * 32)
    go()
    [message] = twilio.messages
    assert (message["from"], message["messaging_service_sid"]) == (None, "MG" + "1" * 32)


def test_the_token_is_kept_sealed_and_wrong_ones_cost_no_text(twilio):
    assert TOKEN not in str(preferences.get("sms.auth_token"))
    preferences.put("sms.auth_token", "another")
    go()
    assert (row().state, row().attempts, twilio.messages) == (State.QUEUED, 0, [])
    assert "20003" in row().reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [(21610, "unsubscribed"), (21211, "hard_bounce"), (21614, "hard_bounce"), (21602, None)],
)
def test_refusals_of_the_number_close_the_channel(twilio, code, reason):
    twilio.answers = [(code, "The 'To' number +33612345678 is not right")]
    [zoe] = go()
    assert (row().state, told("sms.failed")) == (State.FAILED, 1)
    closed = list(DoNotContact.objects.filter(contact=zoe).values_list("channel", "reason"))
    assert closed == ([("sms", reason)] if reason else [])


def test_a_busy_provider_is_asked_again_when_it_says(twilio, shift):
    twilio.answers = ["busy"]
    go()
    assert (row().state, twilio.messages) == (State.QUEUED, [])
    shift(timedelta(minutes=2))
    settle()
    assert (row().state, len(twilio.messages)) == (State.SENT, 1)


@pytest.mark.parametrize("answer", ["reset", "broken", "lost"])
def test_what_is_in_doubt_is_looked_for_and_never_goes_twice(twilio, shift, answer):
    twilio.answers = [answer]
    go()
    assert row().state == State.UNCERTAIN
    shift(timedelta(minutes=2))
    settle()
    taken = answer == "reset"
    assert row().state == (State.SENT if taken else State.UNCERTAIN)
    shift(timedelta(minutes=15))
    settle()
    assert (row().state, len(twilio.messages), told("sms.sent")) == (State.SENT, 1, 1)
    assert row().sid == twilio.messages[0]["sid"]


def test_two_in_doubt_to_one_number_are_two_messages(twilio, shift):
    twilio.answers = ["reset", "reset"]
    zoe = make_contact()
    text = make_text()
    send(text, zoe, now=clock.now())
    send(text, zoe, visit=2, now=clock.now())
    settle()
    shift(timedelta(minutes=2))
    settle()
    shift(timedelta(minutes=20))
    settle()
    found = set(TextDelivery.objects.values_list("state", "sid"))
    assert found == {(State.SENT, message["sid"]) for message in twilio.messages}
    assert len(twilio.messages) == 2


def test_what_a_dead_worker_held_is_sent_once(twilio, shift):
    """Killed before a text was handed over it goes again; killed after, it is found."""
    zoe, max_ = make_contact(), make_contact("+33612345679")
    send(make_text(), zoe, max_, now=clock.now())
    carrier = transports.transport()
    claimed, _seen = claims.claim(0, carrier, 1, clock.now(), transactional=False)
    [written] = composing.begin(claimed, carrier, clock.now())
    carrier.deliver(written.outgoing)
    claims.claim(0, carrier, 1, clock.now(), transactional=False)
    for minutes in (1, 3, 20):
        shift(timedelta(minutes=minutes))
        settle()
    assert set(TextDelivery.objects.values_list("state", flat=True)) == {State.SENT}
    assert sorted(message["to"] for message in twilio.messages) == ["+33612345678", "+33612345679"]


def test_no_more_go_in_a_second_than_the_setting_says(twilio):
    preferences.put("sms.per_second", 2)
    send(make_text(), *(make_contact(f"+3361234567{digit}") for digit in range(5)))
    gone = []
    for second in range(4):
        settle(NOW + timedelta(seconds=second))
        gone.append(len(twilio.messages))
    assert gone == [2, 4, 5, 5]


def test_what_somebody_waits_for_is_never_behind_a_broadcast(twilio):
    preferences.put("sms.per_second", 1)
    send(make_text("News"), *(make_contact(f"+3361234567{digit}") for digit in range(3)))
    send(make_text("Code", kind="transactional"), make_contact("+33612345699"))
    settle(NOW)
    assert [message["body"] for message in twilio.messages] == ["Code"]


def test_an_answer_takes_its_message_from_whoever_was_taken_for_it(twilio, shift):
    """Both of the same words: the one is found while the answer to the other is on its way."""
    zoe, text = make_contact(), make_text()
    twilio.answers = ["lost"]
    send(text, zoe, now=clock.now())
    settle()
    [late] = [row for row in send(text, zoe, visit=2, now=clock.now()) if row.state == State.QUEUED]
    carrier = transports.transport()
    held = claims.claim(0, carrier, 1, clock.now(), transactional=False)[0]
    [written] = composing.begin(held, carrier, clock.now())
    reply = carrier.deliver(written.outgoing)
    shift(timedelta(minutes=2))
    settling.settle(clock.now())
    doubted = TextDelivery.objects.exclude(pk=late.pk).get()
    # Whoever hands the same number something now may own what is listed.
    assert (doubted.state, doubted.sid) == (State.UNCERTAIN, None)
    # A worker that slept: the message was given away before its answer came.
    TextDelivery.objects.filter(pk=doubted.pk).update(
        state=State.SENT, sid=reply.sid, sent_at=clock.now(), body=None
    )
    outcomes.commit([outcomes.of(held[0], reply, clock.now())])
    late.refresh_from_db()
    doubted.refresh_from_db()
    assert (late.state, late.sid) == (State.SENT, reply.sid)
    assert (doubted.state, doubted.sid, doubted.sent_at) == (State.UNCERTAIN, None, None)
    shift(timedelta(minutes=15))
    settle()
    doubted.refresh_from_db()
    assert (doubted.state, len(twilio.messages)) == (State.SENT, 2)
