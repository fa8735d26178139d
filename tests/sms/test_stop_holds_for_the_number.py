"""STOP holds for the number, whatever happens to contacts, workers and old calls."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from contacts.models import Consent, DoNotContact
from contacts.services import consent, erase
from contacts.services.consent import Proof
from kernel import clock
from sms.models import Receipt, State, TextDelivery
from sms.tasks import trim
from tests.settle import settle
from tests.sms.people import make_contact, make_text, send
from tests.sms.provider import reply, status

pytestmark = pytest.mark.django_db
NUMBER = "+33612345678"
FAILS = """
CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'away'; END $$;
CREATE TRIGGER away BEFORE INSERT ON do_not_contact FOR EACH ROW EXECUTE FUNCTION away()"""


@pytest.fixture
def wrote(twilio, settings):
    outside = Client(enforce_csrf_checks=True)

    def write(text, name):
        answer = reply(outside, settings.SITE_URL, NUMBER, text, f"SM{name:032x}")
        assert answer.status_code == 200

    return write


def said(word):
    return DoNotContact.objects.filter(channel="sms", reason=word).count()


def test_whoever_gets_the_number_later_gets_nothing_either(twilio, wrote):
    zoe = make_contact()
    wrote("STOP", 1)
    settle()
    assert DoNotContact.objects.get().contact_id == zoe.pk
    send(make_text(), zoe, make_contact(), now=clock.now())
    settle()
    reasons = TextDelivery.objects.order_by("contact_id").values_list("reason", flat=True)
    assert (list(reasons), twilio.messages) == (["unsubscribed", "suppressed"], [])
    wrote("START", 2)
    settle()
    send(make_text(), make_contact(), visit=2, now=clock.now())
    settle()
    assert len(twilio.messages) == 1


def test_start_does_not_undo_what_others_closed_or_refused(twilio, wrote):
    zoe, twin = make_contact(), make_contact()
    consent.give([zoe.pk], Proof("sms_marketing", "refused", "link", clock.now()), clock.now())
    consent.close([twin.pk], "sms", "unsubscribed", "by hand", clock.now())
    send(make_text(kind="transactional"), zoe, now=clock.now())
    settle()
    wrote("STOP", 1)
    settle()
    assert said("unsubscribed") == 2
    wrote("START", 2)
    settle()
    assert DoNotContact.objects.get().comment == "by hand"
    assert [row.state for row in Consent.objects.all()] == ["refused"]


def test_a_stop_that_cannot_be_kept_yet_is_never_dropped(twilio, wrote, shift, client, alice):
    make_contact()
    with connection.cursor() as cursor:
        cursor.execute(FAILS)
    wrote("STOP", 1)
    for _time in range(12):
        settle()
        shift(timedelta(hours=2))
    assert (Receipt.objects.get().done_at, said("unsubscribed")) == (None, 0)
    client.force_login(alice)
    told = [str(notice.title) for notice in client.get("/").context["notices"]]
    assert told == ["1 answer to texts could not be taken in"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER away ON do_not_contact")
    shift(timedelta(hours=2))
    settle()
    assert said("unsubscribed") == 1


def test_a_start_that_is_late_does_not_win_over_a_later_stop(twilio, wrote, shift):
    make_contact()
    wrote("STOP", 1)
    settle()
    shift(timedelta(minutes=1))
    wrote("START", 2)
    # It failed once, and is tried again in a while.
    Receipt.objects.filter(done_at=None).update(due_at=clock.now() + timedelta(minutes=5))
    shift(timedelta(minutes=1))
    wrote("STOP", 3)
    settle()
    shift(timedelta(minutes=10))
    settle()
    assert not Receipt.objects.filter(done_at=None).exists()
    assert (said("unsubscribed"), Consent.objects.count()) == (1, 0)


@pytest.mark.parametrize("forgotten", ["by age", "with the person"])
def test_an_old_call_that_is_sent_again_brings_nobody_back(twilio, wrote, shift, forgotten):
    zoe = make_contact()
    wrote("STOP", 1)
    settle()
    wrote("START", 2)
    settle()
    if forgotten == "by age":
        shift(timedelta(days=31))
        trim(None)
    else:
        erase.erase(zoe.pk, clock.now())
        make_contact()
    kept = list(Receipt.objects.values_list("number", "told", "contact_id"))
    assert kept == [("", {}, None), ("", {}, None)]
    shift(timedelta(days=1))
    wrote("STOP", 3)
    settle()
    wrote("START", 2)
    settle()
    assert said("unsubscribed") == 1


def test_a_receipt_of_before_a_backup_is_of_no_new_text(twilio, settings):
    zoe = make_contact()
    [row] = send(make_text(), zoe, now=clock.now() + timedelta(hours=1))
    url = f"{settings.SITE_URL}/hooks/twilio/status/{row.pk}"
    old = {"sid": "SM" + "e" * 32, "to": "+33699999999", "callback": url}
    status(Client(), old, "undelivered", ErrorCode="30006")
    settle()
    row.refresh_from_db()
    assert (row.sid, row.state, said("hard_bounce")) == (None, State.QUEUED, 0)
