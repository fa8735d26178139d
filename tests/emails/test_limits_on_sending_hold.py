"""REL-10, REL-11: limits by second, minute, day, in all and by domain, in the database."""

import time
from datetime import datetime, timedelta

import pytest
from django.db import connection

from emails.models import Delivery, State
from emails.services import attempts, hands, transports, turns
from emails.services.claims import claim, sources
from emails.services.preparing import work as prepare
from kernel import preferences
from kernel.actions import Batch, contact_actions, run_action
from tests.emails.departures import Departures
from tests.emails.people import NOW, begin, make_contact, make_contacts, make_email, states
from tests.settle import settle
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    with Sink() as server:
        # Few connections: how long they take to be made is not the pace.
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}?threads=2"
        yield server
        transports.transport().mailer.close()


@pytest.fixture
def departures(monkeypatch) -> Departures:
    noted = Departures()
    monkeypatch.setattr(turns, "time", noted)
    return noted


def settle_all(moment: datetime) -> None:
    """Settle until nobody waits: on a busy machine some miss their turns and get others."""
    for minutes in range(15):
        settle(moment + timedelta(minutes=minutes))
        if "queued" not in states():
            return


def test_no_second_has_more_than_its_limit_and_hardly_less(sink: Sink, departures: Departures):
    preferences.put("emails.limits", {"*": {"second": 40}})
    begin(make_contacts(90))
    settle_all(NOW)
    assert len(sink.mails) == 90
    assert departures.hold_for(sink)
    assert departures.crowd(1.0) <= 40 + 1
    assert max(departures.times) - min(departures.times) >= 89 / 40 * 0.95


def test_a_slow_domain_holds_nobody_else_up(sink: Sink):
    preferences.put("emails.limits", {"slow.example": {"minute": 60}})
    slow, quick = make_contacts(5, "slow.example"), make_contacts(40, "quick.example")
    begin(slow + quick)
    settle(NOW)
    reached = [recipient for mail in sink.mails for recipient in mail.recipients]
    assert sum(1 for address in reached if "quick" in address) == 40
    waiting = Delivery.objects.filter(state=State.QUEUED)
    assert 3 <= len(waiting) <= 4
    assert {row.reason for row in waiting} == {"rate_limit"}
    # Each asks again when its turn may come, not all at once.
    assert len({row.due_at for row in waiting}) == len(waiting)


def test_a_days_limit_holds_over_any_day_and_leaves_room_for_confirmations(sink: Sink):
    preferences.put("emails.limits", {"*": {"day": 50}})
    begin(make_contacts(60))
    settle(NOW)
    assert states() == {"sent": 48, "queued": 12}
    action = contact_actions.get("emails.send")(
        {"email": make_email(name="Receipt", kind="transactional").pk}
    )
    run_action(action, Batch([make_contact().pk], ["form:1:1"]), NOW)
    settle(NOW)
    assert states() == {"sent": 49, "queued": 12}
    settle(NOW + timedelta(hours=23))
    assert states()["sent"] == 49
    settle(NOW + timedelta(hours=25))
    assert states() == {"sent": 61}


@pytest.mark.parametrize("step", ["1 hour", "-1 hour"])
def test_a_step_of_the_clock_makes_neither_burst_nor_pause(
    sink: Sink, departures: Departures, step: str
):
    preferences.put("emails.limits", {"*": {"second": 20}})
    begin(make_contacts(40))
    prepare(NOW)
    assert len(claim(sources()[1], 10, NOW, transactional=False)[0]) == 10
    with connection.cursor() as cursor:
        # As if the clock of the database had gone the other way.
        cursor.execute("UPDATE sending_pace SET free_at = free_at - %s::interval", [step])
    # The next one has its turn at once.
    [held], _seen = claim(sources()[1], 1, NOW, transactional=False)
    assert held.slot <= time.monotonic()
    settle_all(NOW)
    assert len(sink.mails) == 29
    assert departures.hold_for(sink)
    assert departures.crowd(1.0) <= 20 + 1


def test_transactional_mail_has_the_first_turn(sink: Sink):
    preferences.put("emails.limits", {"*": {"second": 5}})
    begin(make_contacts(10))
    prepare(NOW)
    action = contact_actions.get("emails.send")({"email": make_email(kind="transactional").pk})
    run_action(action, Batch([make_contact().pk], ["form:1:1"]), NOW)
    assert claim(sources()[1], 10, NOW, transactional=False) == ([], 0)
    settle_all(NOW)
    assert states() == {"sent": 11}
    assert sink.mails[0].recipients == ("zoe@example.com",)


def test_after_a_long_failure_nothing_is_lost_and_nothing_bursts(
    sink: Sink, departures: Departures, settings, monkeypatch
):
    """REL-11"""
    monkeypatch.setattr(hands, "REST_SECONDS", 0.0)
    monkeypatch.setattr(attempts, "AWAY", timedelta(seconds=1))
    preferences.put("emails.limits", {"*": {"second": 40, "day": 1000}})
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    begin(make_contacts(60))
    for minutes in range(0, 120, 30):
        settle(NOW + timedelta(minutes=minutes))
    assert states() == {"queued": 60}
    settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}?threads=2"
    settle_all(NOW + timedelta(hours=2))
    assert states() == {"sent": 60}
    # Tries of the dead server had their turns long before.
    departures.times = sorted(departures.times)[-60:]
    assert departures.hold_for(sink)
    assert departures.crowd(1.0) <= 40 + 1
    with connection.cursor() as cursor:
        # Tries that reached nobody are not counted.
        cursor.execute("SELECT sum(used) FROM sending_quota WHERE lane = '*'")
        assert cursor.fetchone()[0] == 60
