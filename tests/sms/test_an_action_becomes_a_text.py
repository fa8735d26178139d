"""An action that sends a text ends as one: personalised, once, in the ledger and the log."""

from datetime import timedelta

import pytest

from contacts.services import consent, suppression
from contacts.services.consent import Proof
from kernel import preferences
from kernel.models import Event
from sms.models import CapturedText, State, Text, TextDelivery
from sms.services import editing
from tests.settle import settle
from tests.sms.people import NOW, make_contact, make_text, send

pytestmark = pytest.mark.django_db


def ledger():
    rows = TextDelivery.objects.order_by("pk")
    return [(State(row.state).name, row.reason) for row in rows]


def test_a_step_ends_as_a_captured_text():
    zoe = make_contact("06 12 34 56 78")
    preferences.put("contacts.phone_region", "FR")
    send(make_text(), zoe)
    send(Text.objects.get(), zoe)
    settle(NOW)
    [kept] = CapturedText.objects.all()
    assert (kept.body, kept.recipient, kept.parts) == ("Hello Zoë", "+33612345678", 1)
    [row] = TextDelivery.objects.all()
    assert (row.state, row.body, row.lease_until) == (State.SENT, None, None)
    assert Event.objects.filter(contact_id=zoe.pk, subject_id=row.sms_id).count() == 1


def _closed(contact):
    consent.close([contact.pk], "sms", "unsubscribed", "", NOW)


def _refused(contact):
    consent.give([contact.pk], Proof("sms_marketing", "refused", "api", NOW), NOW)


def _hashed(_contact):
    suppression.remember([("sms", "+33612345678", "complaint")], NOW)


def _unasked(_contact):
    preferences.put("sms.require_consent", True)


def _quiet(_contact):
    preferences.put("sms.quiet_hours", {"from": "09:00", "to": "12:00"})


@pytest.mark.parametrize(
    ("hinder", "values", "reason"),
    [
        (None, {"mobile": None}, "no_address"),
        (None, {"mobile": "0612345678"}, "invalid_address"),
        (_closed, {}, "unsubscribed"),
        (_refused, {}, "no_consent"),
        (_hashed, {}, "suppressed"),
        (_unasked, {}, "no_consent"),
    ],
)
def test_who_may_not_be_written_to_is_left_out_and_told_why(hinder, values, reason):
    zoe = make_contact(**values)
    if hinder:
        hinder(zoe)
    send(make_text(), zoe)
    settle(NOW)
    assert ledger() == [("SKIPPED", reason)]
    assert not CapturedText.objects.exists()


def test_transactional_texts_go_past_refusals_of_marketing_alone():
    zoe, dead = make_contact(), make_contact("+33612345679")
    _closed(zoe)
    _refused(zoe)
    consent.close([dead.pk], "sms", "hard_bounce", "", NOW)
    send(make_text(kind="transactional"), zoe, dead)
    settle(NOW)
    assert ledger() == [("SENT", None), ("SKIPPED", "hard_bounce")]


def test_quiet_hours_put_a_text_off_and_caps_leave_it_out():
    zoe = make_contact()
    _quiet(zoe)
    preferences.put("sms.frequency_caps", [{"max": 1, "per": "day"}])
    text = make_text()
    send(text, zoe)
    send(text, zoe, visit=2)
    settle(NOW)
    assert [state for state, _reason in ledger()] == ["QUEUED", "QUEUED"]
    settle(NOW + timedelta(hours=3))
    assert ledger() == [("SENT", None), ("SKIPPED", "frequency_cap")]


def test_sending_that_is_held_holds_texts_too():
    preferences.put("emails.paused", True)
    send(make_text(), make_contact())
    settle(NOW)
    assert ledger() == [("QUEUED", None)]
    preferences.put("emails.paused", False)
    settle(NOW)
    assert ledger() == [("SENT", None)]


def test_readers_get_the_text_in_their_language_and_values_stay_values():
    text = make_text("Hello {{ contact.first_name }}")
    make_text("Bonjour {{ contact.first_name }}", language="fr", translation_of=text)
    one = make_contact("+33612345678", locale="fr_FR", first_name="{{ 7*7 }}")
    other = make_contact("+33612345679", locale="de")
    send(text, one, other)
    settle(NOW)
    bodies = set(CapturedText.objects.values_list("body", flat=True))
    assert bodies == {"Bonjour {{ 7*7 }}", "Hello Zoë"}


def test_what_is_unpublished_or_empty_goes_to_nobody():
    zoe = make_contact(first_name="")
    text = make_text("{{ contact.first_name }}")
    send(text, zoe)
    settle(NOW)
    editing.change(text, {"state": "unpublished"}, NOW)
    send(text, zoe, visit=2)
    settle(NOW)
    assert ledger() == [("FAILED", "empty"), ("SKIPPED", "sms_unpublished")]
