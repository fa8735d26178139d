"""REL-23: after days in which nothing ran, what is due runs once, in order, at a decent hour."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import Step, StepLog
from campaigns.services import advancing, held
from emails.services import transports, turns
from kernel import clock, events, preferences
from kernel.events import Fact
from tests.emails.departures import Departures
from tests.emails.people import make_email, states
from tests.journey import VISITED, bring, graph, node, people, points, run, totals
from tests.settle import settle
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db
# A Monday; three days later it is Thursday, half past two in the night.
BEFORE = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
AFTER = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
WAY = graph(
    [
        node("rest", "wait", **{"for": "1h"}),
        points("first"),
        node("asked", "decision", VISITED, within="6h"),
        points("yes", 10),
        points("no", 100),
        node("day", "wait", until={"from": "09:00", "to": "17:00"}),
        points("last", 1_000),
    ],
    "start>rest", "rest>first", "first>asked", "asked:yes>yes", "asked:no>no", "yes>day",
    "no>day", "day>last",
)  # fmt: skip


@pytest.fixture
def sink(settings):
    with Sink() as server:
        # Few connections: how long they take to be made is not the pace.
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}?threads=2"
        yield server
        transports.transport().mailer.close()


@pytest.fixture
def at(monkeypatch):
    def put(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    put(BEFORE)
    return put


def test_due_steps_run_once_in_order_and_wait_for_the_morning(api, at):
    contacts = people(5)
    campaign = run(api, WAY)
    bring(api, campaign, contacts)
    settle()
    at(AFTER)
    for _round in range(3):
        settle()
    # The decision waits from the arrival on: nobody was asked while nothing ran.
    assert totals(contacts) == [1] * 5
    at(AFTER + timedelta(hours=1))
    events.record(VISITED, [Fact(contacts[0], clock.now())], now=clock.now())
    settle()
    at(AFTER + timedelta(hours=6, minutes=1))
    settle()
    assert totals(contacts) == [11, 101, 101, 101, 101]
    at(AFTER + timedelta(hours=7))
    settle()
    assert totals(contacts) == [1_011, 1_101, 1_101, 1_101, 1_101]
    order = StepLog.objects.filter(contact_id=contacts[1]).order_by("at")
    names = list(order.values_list("node__name", flat=True))
    assert [name for name in names if name != "day"] == ["rest", "first", "asked", "no", "last"]


def test_what_happened_in_time_counts_though_nobody_listened(api, at):
    zoe, max_ = people(2)
    campaign = run(api, WAY)
    bring(api, campaign, [zoe, max_])
    settle()
    at(BEFORE + timedelta(hours=1, minutes=1))
    settle()
    in_time, too_late = BEFORE + timedelta(hours=5), BEFORE + timedelta(hours=9)
    for contact, moment in ((zoe, in_time), (max_, too_late)):
        events.record(VISITED, [Fact(contact, moment)], now=moment)
    at(AFTER)
    settle()
    assert totals([zoe, max_]) == [11, 101]


def test_those_who_waited_longest_go_first_some_at_a_time(api, at, monkeypatch):
    monkeypatch.setattr(held, "BATCH", 2)
    contacts = people(5)
    campaign = run(api, graph([node("rest", "wait", **{"for": "1h"})], "start>rest"))
    for hours, contact in enumerate(reversed(contacts)):
        at(BEFORE + timedelta(hours=hours))
        bring(api, campaign, [contact])
        settle()
        # Whoever is due while others come is held until all are.
        Step.objects.filter(contact_id=contact).update(due_at=AFTER - timedelta(hours=9 - hours))
    at(AFTER)
    waves, gone = [], set()
    for _go in range(3):
        advancing.advance(clock.now())
        there = set(StepLog.objects.values_list("contact_id", flat=True))
        waves.append(there - gone)
        gone = there
    oldest = list(reversed(contacts))
    assert waves == [set(oldest[:2]), set(oldest[2:4]), set(oldest[4:])]


def test_mails_of_three_days_leave_at_the_pace_that_is_set(api, at, sink, monkeypatch):
    departures = Departures()
    monkeypatch.setattr(turns, "time", departures)
    preferences.put("emails.limits", {"*": {"second": 20}})
    contacts = people(45)
    mail = node("mail", "action", "emails.send", email=make_email().pk)
    rest = node("rest", "wait", **{"for": "1h"})
    bring(api, run(api, graph([rest, mail], "start>rest", "rest>mail")), contacts)
    settle()
    at(AFTER)
    for minutes in range(15):
        at(AFTER + timedelta(minutes=minutes))
        settle()
        if "queued" not in states():
            break
    assert states() == {"sent": 45}
    reached = [address for mail in sink.mails for address in mail.recipients]
    assert sorted(reached) == sorted(f"p{place}@example.com" for place in range(45))
    assert departures.hold_for(sink)
    assert departures.crowd(1.0) <= 20 + 1
