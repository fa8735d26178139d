"""Frequency, quiet hours and pauses hold marketing mail back (REL-12), transactional mail never."""

import threading
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from contacts.models import ChannelWish, Topic
from emails.models import CapturedMail, Delivery, Send
from emails.services import claims, queueing
from kernel import preferences
from tests.emails.people import NOW, begin, make_contact, make_contacts, make_email, states
from tests.settle import settle

CAPS, QUIET, HELD = "emails.frequency_caps", "emails.quiet_hours", "emails.when_held"


def reasons() -> dict[str, int]:
    found: dict[str, int] = {}
    for reason in Delivery.objects.exclude(reason=None).values_list("reason", flat=True):
        found[reason] = found.get(reason, 0) + 1
    return found


def wish(contact, **values):
    return ChannelWish.objects.create(contact=contact, channel="email", **values)


@pytest.mark.django_db
def test_who_has_had_enough_this_week_is_left_out_until_it_is_over():
    preferences.put(CAPS, [{"max": 2, "per": "week"}])
    people = make_contacts(2)
    for day in (0, 1, 2, 8):
        begin(people)
        settle(NOW + timedelta(days=day))
    assert (states(), reasons()) == ({"sent": 6, "skipped": 2}, {"frequency_cap": 2})


@pytest.mark.django_db
def test_a_mail_over_the_limit_waits_for_its_turn_where_the_workspace_wishes():
    preferences.put(CAPS, [{"max": 1, "per": "day"}])
    preferences.put(HELD, "delay")
    person = make_contact()
    begin([person])
    settle(NOW)
    run = begin([person])
    settle(NOW + timedelta(hours=1))
    waiting = Delivery.objects.get(run_id=run.pk)
    first = Delivery.objects.get(state=3).sent_at
    assert (waiting.due_at, waiting.reason) == (first + timedelta(days=1), "frequency_cap")
    assert Send.objects.get(pk=run.pk).state == "sending"
    settle(first + timedelta(days=1))
    assert (states(), Send.objects.get(pk=run.pk).state) == ({"sent": 2}, "done")
    assert Delivery.objects.get(run_id=run.pk).reason is None


@pytest.mark.django_db
def test_a_topic_has_a_limit_of_its_own_and_a_person_too():
    news, sales = Topic.objects.create(name="News"), Topic.objects.create(name="Sales")
    preferences.put(CAPS, [{"max": 1, "per": "day", "topic": news.pk}, {"max": 3, "per": "day"}])
    usual, rarely, keen = make_contacts(3)
    wish(rarely, most=1, per="week")
    wish(keen, most=9, per="day")
    for topic in (news, news, sales, sales, sales):
        begin([usual, rarely, keen], topic=topic)
        settle(NOW)
    sent = Delivery.objects.filter(state=3)
    assert [sent.filter(contact_id=one.pk).count() for one in (usual, rarely, keen)] == [3, 1, 4]


@pytest.mark.django_db
def test_quiet_hours_are_those_of_the_contact_and_delay():
    preferences.put(QUIET, {"from": "10:00", "to": "11:30"})
    preferences.put("workspace.timezone", "Europe/Paris")
    # 10:00 UTC is 11:00 in Paris, 05:00 in New York, 19:00 in Tokyo.
    home, york, tokyo, wrong = (
        make_contact(f"{zone}@x.example", timezone=zone)
        for zone in (None, "America/New_York", "Asia/Tokyo", "Mars/Base")
    )
    wish(tokyo, quiet_from=time(18), quiet_to=time(7))
    begin([home, york, tokyo, wrong])
    settle(NOW)
    due = dict(Delivery.objects.filter(state=0).values_list("contact_id", "due_at"))
    half_past = datetime(2026, 11, 22, 10, 30, tzinfo=NOW.tzinfo)
    seven = datetime(2026, 11, 23, 7, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert due == {home.pk: half_past, wrong.pk: half_past, tokyo.pk: seven}
    settle(half_past)
    assert states() == {"sent": 3, "queued": 1}
    settle(seven)
    assert states() == {"sent": 4}


@pytest.mark.django_db
@pytest.mark.parametrize("held", ["skip", "delay"])
def test_a_pause_ends_at_midnight_of_the_person(held: str):
    preferences.put(HELD, held)
    paused, back = (make_contact(f"{n}@x.example", timezone="Asia/Tokyo") for n in range(2))
    wish(paused, pause_until=date(2026, 11, 24))
    # In Tokyo it is the 22nd already.
    wish(back, pause_until=date(2026, 11, 22))
    begin([paused, back])
    settle(NOW)
    assert Delivery.objects.get(contact_id=back.pk).state == 3
    mine = Delivery.objects.get(contact_id=paused.pk)
    assert (mine.state, mine.reason) == (0 if held == "delay" else 6, "paused")
    settle(datetime(2026, 11, 23, 15, tzinfo=NOW.tzinfo))
    assert states() == ({"sent": 2} if held == "delay" else {"sent": 1, "skipped": 1})


@pytest.mark.django_db
def test_transactional_mail_goes_past_limits_hours_and_pauses_and_counts_for_none():
    preferences.put(CAPS, [{"max": 1, "per": "month"}])
    preferences.put(QUIET, {"from": "20:00", "to": "19:00"})
    person = make_contact()
    wish(person, pause_until=date(2027, 1, 1), quiet_from=time(0), quiet_to=time(23))
    for _time in range(3):
        begin([person], kind="transactional")
        settle(NOW)
    assert CapturedMail.objects.count() == 3
    ChannelWish.objects.all().delete()
    preferences.put(QUIET, None)
    begin([person])
    settle(NOW)
    assert CapturedMail.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_rel_12_a_limit_holds_under_eight_campaigns_at_once():
    preferences.put(CAPS, [{"max": 2, "per": "day"}])
    people = [person.pk for person in make_contacts(30)]
    for number in range(8):
        email = make_email(name=f"Mail {number}")
        queueing.queue(email, people, [f"step:{number}:{one}:1" for one in people], NOW)
    runs = [begin(_contacts(people), name=f"Run {number}") for number in range(4)]
    settle_runs(runs)
    ready, failed = threading.Barrier(8), []

    def campaign() -> None:
        try:
            ready.wait()
            for _round in range(12):
                for source in claims.sources():
                    claims.claim(source, 20, NOW, transactional=False)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=campaign) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    counts = {one: Delivery.objects.filter(contact_id=one, state=1).count() for one in people}
    assert set(counts.values()) == {2}
    assert states() == {"claimed": 60, "skipped": 300}


def _contacts(ids):
    from contacts.models import Contact

    return list(Contact.objects.filter(pk__in=ids))


def settle_runs(runs):
    from emails.services import preparing

    for _run in runs:
        preparing.work(NOW)
    assert Send.objects.filter(state="sending").count() == len(runs)
