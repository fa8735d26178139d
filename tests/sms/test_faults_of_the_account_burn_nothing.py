"""What is wrong with the account stops a broadcast and burns nobody's text; nor does a merge."""

from datetime import timedelta

import pytest
from django.test import Client

from contacts.models import DoNotContact
from contacts.services import merge
from kernel import clock, preferences
from kernel.invariants import broken
from segments.models import Segment
from segments.services import members
from sms.models import State, TextDelivery
from sms.services import runs
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import status

pytestmark = pytest.mark.django_db


def segment_of(contacts):
    now = clock.now()
    segment = Segment.objects.create(name="Readers", created_at=now, updated_at=now)
    members.change(segment, [contact.pk for contact in contacts], now=now)
    return segment


def begin(text, *, again=False):
    now = clock.now()
    run = runs.begin(text, None, now, new_only=again, owner_id=None)
    # Of one moment, so that no more go than in a second.
    settle(now)
    return run


def crowd(count):
    contacts = [make_contact(f"+336123456{number:02}") for number in range(count)]
    return make_text("Offer", type="segment", segments=[segment_of(contacts)])


def told_of(messages, code):
    outside = Client()
    for message in messages:
        words = {"ErrorCode": code, "ErrorMessage": "Unregistered"} if code else {}
        status(outside, message, "undelivered" if code else "delivered", **words)
    settle()


def states(run):
    run.refresh_from_db()
    rows = TextDelivery.objects.filter(run_id=run.pk).order_by("state")
    return run.state, [State(row.state) for row in rows]


@pytest.mark.parametrize("code", ["30002", "30032", "30034"])
def test_a_fault_told_by_receipt_stops_the_broadcast(twilio, shift, client, alice, code):
    preferences.put("sms.per_second", 3)
    text = crowd(7)
    run = begin(text)
    assert len(twilio.messages) == 3
    preferences.put("emails.paused", True)
    told_of(twilio.messages[:3], code)
    preferences.put("emails.paused", False)
    settle()
    assert states(run) == ("paused", [State.QUEUED] * 4 + [State.FAILED] * 3)
    client.force_login(alice)
    assert f"{code}: Unregistered" in client.get(f"/sms/runs/{run.pk}").content.decode()
    # Somebody puts the account right.
    preferences.put("sms.per_second", 100)
    run.refresh_from_db()
    runs.resume(run)
    shift(timedelta(minutes=1))
    settle()
    assert states(run) == ("done", [State.SENT] * 4 + [State.FAILED] * 3)
    told_of(twilio.messages[3:], None)
    second = begin(text, again=True)
    assert states(second) == ("done", [State.SENT] * 3)
    assert not DoNotContact.objects.exists()


def test_single_faults_stop_nothing(twilio):
    preferences.put("sms.per_second", 6)
    run = begin(crowd(40))
    preferences.put("emails.paused", True)
    for number, code in enumerate(["30034", "30034", None, "30034", "30034", "30005"]):
        told_of(twilio.messages[number : number + 1], code)
        assert states(run)[0] == "sending"


def test_whom_a_dead_number_kept_from_it_counts_as_asked(twilio):
    text = crowd(1)
    begin(text)
    told_of(twilio.messages, "30003")
    with pytest.raises(runs.RunRefused):
        begin(text, again=True)


@pytest.mark.parametrize("survivor", [0, 1])
def test_a_merge_of_doubles_while_a_broadcast_waits_leaves_one_text(twilio, survivor):
    preferences.put("emails.paused", True)
    twins = [make_contact(), make_contact()]
    run = begin(make_text("Offer", type="segment", segments=[segment_of(twins)]))
    merge.merge(twins[survivor].pk, twins[1 - survivor].pk, clock.now())
    preferences.put("emails.paused", False)
    settle()
    assert states(run) == ("done", [State.SENT, State.SKIPPED])
    assert len(twilio.messages) == 1
    assert set(TextDelivery.objects.values_list("contact_id", flat=True)) == {twins[survivor].pk}
    assert broken(lambda name: name.startswith("sms.")) == []


def test_a_text_that_a_filter_refuses_fails_alone(twilio, shift):
    twilio.filtered = "<script"
    send(make_text("Hi <script>"), make_contact(), now=clock.now())
    settle()
    refused = TextDelivery.objects.get()
    # Nobody knows yet whether it is this text, or the way to the provider.
    assert (refused.state, refused.attempts) == (State.QUEUED, 0)
    for time in range(1, 13):
        shift(timedelta(hours=9))
        send(make_text("Fine"), make_contact(f"+336123457{time:02}"), now=clock.now())
        settle()
        assert len(twilio.messages) == time
    refused.refresh_from_db()
    assert refused.state == State.FAILED
    assert "403" in refused.reason


def test_a_way_that_is_closed_costs_no_text(twilio, shift):
    twilio.filtered = "H"
    send(make_text(), make_contact(), now=clock.now())
    for _time in range(15):
        settle()
        shift(timedelta(hours=9))
    twilio.filtered = ""
    settle()
    assert TextDelivery.objects.get().state == State.SENT
