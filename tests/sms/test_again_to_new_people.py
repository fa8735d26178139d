"""Sent again to new people, a broadcast goes to nobody twice, whatever became of their number."""

import pytest
from django.test import Client

from kernel import clock
from sms.services import audience
from sms.services.runs import RunRefused
from tests.settle import settle
from tests.sms.people import make_contact, make_text
from tests.sms.provider import status
from tests.sms.test_faults_of_the_account_burn_nothing import begin, segment_of

pytestmark = pytest.mark.django_db


def moved(contact):
    contact.mobile = "+33687654321"
    contact.save()


def test_who_has_another_number_by_now_gets_it_once(twilio):
    zoe = make_contact()
    text = make_text("Offer", type="segment", segments=[segment_of([zoe])])
    begin(text)
    moved(zoe)
    assert audience.of(text).reached_before == 1
    with pytest.raises(RunRefused, match="nobody_new"):
        begin(text, again=True)
    text.segments.add(segment_of([make_contact("+33611111111")]))
    begin(text, again=True)
    assert [one["to"] for one in twilio.messages] == ["+33612345678", "+33611111111"]


def test_who_did_not_get_it_at_a_number_that_was_wrong_gets_it_at_the_right_one(twilio):
    zoe = make_contact()
    text = make_text("Offer", type="segment", segments=[segment_of([zoe])])
    begin(text)
    moved(zoe)
    status(Client(), twilio.messages[0], "undelivered", ErrorCode="30006", ErrorMessage="Dead")
    settle(clock.now())
    assert audience.of(text).reachable == 1
    begin(text, again=True)
    assert [one["to"] for one in twilio.messages] == ["+33612345678", "+33687654321"]


def test_looking_for_somebody_new_keeps_nobody_waiting(twilio, monkeypatch):
    text = make_text("Offer", type="segment", segments=[segment_of([make_contact()])])
    begin(text)
    monkeypatch.setattr(audience, "SOMEBODY", "SELECT EXISTS (SELECT pg_sleep(30))")
    monkeypatch.setattr(audience, "PATIENCE_MS", 50)
    assert not audience.is_empty(text)
