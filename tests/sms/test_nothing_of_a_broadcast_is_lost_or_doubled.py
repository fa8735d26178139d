"""What was not taken of a broadcast goes again; what nobody can tell stays in doubt."""

from datetime import timedelta

import pytest

from contacts.services import consent
from kernel import clock, preferences
from kernel.invariants import broken
from segments.models import Segment
from segments.services import members
from sms.models import State, TextDelivery, TextRun
from sms.services import claims, composing, figures, runs, transports
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import TOKEN

pytestmark = pytest.mark.django_db
NUMBER = "+33612345678"
OTHER = "AC" + "9" * 32


def broadcast(*contacts, again=False, text=None):
    now = clock.now()
    if text is None:
        segment = Segment.objects.create(name="Readers", created_at=now, updated_at=now)
        members.change(segment, [contact.pk for contact in contacts], now=now)
        text = make_text("Offer", type="segment", segments=[segment])
    run = runs.begin(text, None, now, new_only=again, owner_id=None)
    settle()
    return text, run


def states(run):
    run.refresh_from_db()
    rows = TextDelivery.objects.filter(run_id=run.pk).order_by("pk")
    return run.state, [State(row.state) for row in rows]


def sound():
    return broken(lambda name: name.startswith("sms.")) == []


def test_what_was_not_taken_goes_again_before_the_run_is_over(twilio, shift):
    twilio.answers = ["lost"]
    _text, run = broadcast(make_contact())
    assert states(run) == ("sending", [State.UNCERTAIN])
    shift(timedelta(minutes=11))
    settle()
    assert (states(run), len(twilio.messages)) == (("done", [State.SENT]), 1)
    assert sound()


def test_a_cancelled_run_gets_no_text_back(twilio, shift):
    twilio.answers = ["lost"]
    _text, run = broadcast(make_contact())
    runs.cancel(run)
    settle()
    shift(timedelta(minutes=11))
    settle()
    assert (states(run), twilio.messages) == (("cancelled", [State.CANCELLED]), [])
    assert TextDelivery.objects.get().body is None
    assert sound()


@pytest.mark.parametrize(
    ("message", "state", "sent"),
    [
        # Of the same sender: it may be ours in other words, so that nobody can tell.
        ({}, State.UNCERTAIN, 0),
        ({"from": "Another"}, State.SENT, 1),
        ({"direction": "outbound-reply"}, State.SENT, 1),
        ({"body": "Sent from your Twilio trial account - Offer"}, State.SENT, 0),
    ],
)
def test_only_what_surely_is_ours_is_taken_for_it(twilio, shift, message, state, sent):
    twilio.answers = ["lost"]
    _text, run = broadcast(make_contact())
    twilio.message({"To": NUMBER, "From": "+15005550006", "Body": "Your code: 123456"}, **message)
    before = len(twilio.messages)
    shift(timedelta(minutes=11))
    settle()
    assert (states(run)[1], len(twilio.messages) - before) == ([state], sent)


def test_another_account_is_not_asked_about_it(twilio, shift, client, alice):
    twilio.answers = ["reset"]
    _text, run = broadcast(make_contact())
    preferences.put("sms.account_sid", OTHER)
    twilio.messages.clear()
    shift(timedelta(minutes=20))
    settle()
    assert (states(run), twilio.calls) == (("sending", [State.UNCERTAIN]), 1)
    preferences.put("sms.transport", "capture")
    settle()
    assert states(run)[1] == [State.UNCERTAIN]
    shift(timedelta(days=3))
    settle()
    client.force_login(alice)
    told = [str(notice.title) for notice in client.get("/").context["notices"]]
    assert told == ["1 SMS may or may not have left"]
    assert (states(run), TextDelivery.objects.get().body) == (("done", [State.UNCERTAIN]), None)
    assert sound()


@pytest.mark.parametrize("code", [21606, 21212, 21603, 21659, 21701, 21703, 20404])
def test_a_wrong_sender_costs_nobody_their_text(twilio, shift, code):
    twilio.answers = [(code, "The sender is not yours")] * 2
    _text, run = broadcast(make_contact(), make_contact("+33612345679"))
    assert states(run) == ("sending", [State.QUEUED, State.QUEUED])
    assert "not yours" in TextDelivery.objects.first().reason
    shift(timedelta(minutes=1))
    settle()
    assert states(run) == ("done", [State.SENT, State.SENT])


def test_whose_text_was_refused_gets_the_next_one(twilio):
    zoe, max_ = make_contact(), make_contact("+33612345679")
    twilio.answers = [(21602, "Something about this text"), None]
    text, run = broadcast(zoe, max_)
    assert sorted(states(run)[1]) == [State.SENT, State.FAILED]
    _text, second = broadcast(text=text, again=True)
    assert states(second) == ("done", [State.SENT])
    assert len(twilio.messages) == 2


def test_it_goes_again_five_times_at_most(twilio, shift):
    twilio.answers = ["lost"] * 9
    _text, run = broadcast(make_contact())
    for _time in range(9):
        shift(timedelta(minutes=11))
        settle()
    assert (states(run), twilio.calls) == (("done", [State.FAILED]), 6)
    assert TextDelivery.objects.get().reason == "no_answer"


@pytest.mark.parametrize("what", ["left", "moved", "cancelled"])
def test_who_leaves_between_the_claim_and_the_sending_gets_nothing(twilio, what):
    zoe = make_contact()
    [row] = send(make_text(), zoe, now=clock.now())
    carrier = transports.transport()
    held, _seen = claims.claim(0, carrier, 1, clock.now(), transactional=False)
    if what == "left":
        consent.close([zoe.pk], "sms", "unsubscribed", "", clock.now())
    elif what == "moved":
        type(zoe).objects.filter(pk=zoe.pk).update(mobile="+33612345699")
    else:
        run = TextRun.objects.create(sms_id=row.sms_id, at=clock.now(), state="cancelled")
        TextDelivery.objects.update(run_id=run.pk)
    assert composing.begin(held, carrier, clock.now()) == []
    row.refresh_from_db()
    assert (row.body, row.begun_at, row.lease_until) == (None, None, None)
    settle()
    assert [message["to"] for message in twilio.messages] == (
        ["+33612345699"] if what == "moved" else []
    )


def test_leases_begin_when_it_is_their_turn(twilio):
    now = clock.now()
    first = make_contact()
    send(make_text(), first, now=now)
    segment = Segment.objects.create(name="Readers", created_at=now, updated_at=now)
    members.change(segment, [make_contact("+33612345679").pk], now=now)
    text = make_text("Offer", type="segment", segments=[segment])
    run = runs.begin(text, None, now, new_only=False, owner_id=None)
    settle(now)
    rows = TextDelivery.objects
    assert rows.get(run_id=run.pk).begun_at > rows.get(run_id=0).begun_at


def test_a_large_run_is_stopped_and_shown_without_counting_it(twilio, api):
    preferences.put("emails.paused", True)
    _text, run = broadcast(make_contact())
    path = f"/api/v1/sms-sends/{run.pk}"
    kept = {"selected": 900_000, "sent": 7, "uncertain": 0}
    TextRun.objects.filter(pk=run.pk).update(counts=kept)
    assert api.get(path).json()["statistics"]["sent"] == 7
    paused = api.post(f"{path}/pause")
    assert (paused.status_code, paused.json()["statistics"]["sent"]) == (200, 7)
    figures.renew(clock.now())
    run.refresh_from_db()
    assert (run.state, run.counts["selected"], run.counts["queued"]) == ("paused", 1, 1)


def test_the_token_is_told_as_hidden_over_rest(twilio, api):
    found = api.get("/api/v1/preferences").json()
    assert found["sms.auth_token"] == "•••"
    sealed = preferences.get("sms.auth_token")
    changed = api.patch("/api/v1/preferences", found | {"sms.per_second": 7})
    assert (changed.status_code, preferences.get("sms.auth_token")) == (200, sealed)
    api.patch("/api/v1/preferences", {"sms.auth_token": "another"})
    entry = api.get("/api/v1/audit").json()["results"][0]
    assert entry["after"] == {"sms.auth_token": "•••"}
    assert preferences.get("sms.auth_token") not in str(entry)
    assert TOKEN not in str(entry)
