"""REL-52: every hour, day and anniversary comes once, by the clock of whoever it is for.

Zones whose clocks change, that never do, that lie 13:45 ahead, whose rules were changed by law,
and people whose zone is none: each waits, goes on once at the documented instant, and never again
when the clock of the server is put back.
"""

import time
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from campaigns.models import Step, StepLog
from contacts.models import Contact
from kernel import clock, preferences
from tests.campaigns.by_time import date_fields, date_source, setting
from tests.journey import bring, graph, node, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NIGHT, MORNING = {"from": "02:30", "to": "02:45"}, {"from": "09:00", "to": "09:30"}
OFFICE, MONDAY = {"from": "09:00", "to": "17:00"}, {"weekdays": ["mon"], "from": "09:00"}
PARIS, CHATHAM, KOLKATA = "Europe/Paris", "Pacific/Chatham", "Asia/Kolkata"
# Brazil gave its summer time up in 2019, Egypt took it up again in 2023, Jordan stays in it since
# 2022: by the rules of before each would be an hour off.
SAO_PAULO, CAIRO, AMMAN = "America/Sao_Paulo", "Africa/Cairo", "Asia/Amman"
# zone, window, when they come to the wait, when they go on.
TABLE = [
    # The night that lacks the hour, and the one that has it twice.
    (PARIS, NIGHT, "2026-03-28T20:00+01:00", "2026-03-29T03:30+02:00"),
    (PARIS, NIGHT, "2026-10-24T20:00+02:00", "2026-10-25T02:30+02:00"),
    (PARIS, MORNING, "2026-03-28T20:00+01:00", "2026-03-29T09:00+02:00"),
    (PARIS, MORNING, "2026-10-24T20:00+02:00", "2026-10-25T09:00+01:00"),
    (CHATHAM, MORNING, "2026-12-01T00:00+00:00", "2026-12-02T09:00+13:45"),
    # There clocks go back at 03:45, to 02:45.
    (CHATHAM, NIGHT, "2026-04-04T10:00+13:45", "2026-04-05T02:30+13:45"),
    (KOLKATA, MORNING, "2026-03-28T20:00+05:30", "2026-03-29T09:00+05:30"),
    (SAO_PAULO, MORNING, "2026-12-01T20:00-03:00", "2026-12-02T09:00-03:00"),
    (CAIRO, MORNING, "2026-07-01T20:00+03:00", "2026-07-02T09:00+03:00"),
    (AMMAN, MORNING, "2026-12-01T20:00+03:00", "2026-12-02T09:00+03:00"),
    (None, MORNING, "2026-03-28T20:00+01:00", "2026-03-29T09:00+02:00"),
    ("Mars/Base", MORNING, "2026-03-28T20:00+01:00", "2026-03-29T09:00+02:00"),
    (KOLKATA, OFFICE, "2026-03-29T18:00+05:30", "2026-03-30T09:00+05:30"),
    (CAIRO, MONDAY, "2026-07-04T12:00+03:00", "2026-07-06T09:00+03:00"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def put(monkeypatch):
    """Set the clock of the server, forwards or back."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        settle()

    return to


@pytest.fixture(params=["UTC", "America/New_York", CHATHAM])
def server_zone(request, monkeypatch, alice):
    """The zone of the machine, and of who draws the campaign; neither is to matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    User.objects.filter(pk=alice.pk).update(timezone=request.param)
    yield request.param
    monkeypatch.undo()
    time.tzset()


def somebody(zone: str | None) -> int:
    [contact] = people(1)
    Contact.objects.filter(pk=contact).update(timezone=zone)
    return contact


@pytest.mark.parametrize(("zone", "window", "comes", "goes"), TABLE)
def test_rel_52_a_window_opens_once_at_the_contacts_own_hour(api, put, zone, window, comes, goes):
    preferences.put("workspace.timezone", PARIS)
    put(at(comes))
    zoe = somebody(zone)
    wait = node("rest", "wait", until={**window, "zone": "contact"})
    bring(api, run(api, graph([wait, points("then")], "start>rest", "rest>then")), [zoe])
    settle()
    for moment, gone in ((-MINUTE, 0), (timedelta(), 1), (timedelta(hours=1), 1)):
        put(at(goes) + moment)
        assert totals([zoe]) == [gone], moment
    # Clocks put back by two hours, and through the same hour once more.
    for back in (-2 * 60, 0, 1, 24 * 60):
        put(at(goes) + back * MINUTE)
    assert totals([zoe]) == [1]
    assert StepLog.objects.filter(contact_id=zoe, node__name="then").count() == 1


def test_rel_52_what_is_stored_does_not_depend_on_the_server_or_its_users(api, put, server_zone):
    preferences.put("workspace.timezone", PARIS)
    put(at("2026-03-28T20:00+01:00"))
    zoe, kim = somebody(CHATHAM), somebody(None)
    wait = node("rest", "wait", until={**MORNING, "zone": "contact"})
    bring(api, run(api, graph([wait], "start>rest")), [zoe, kim])
    day = node("day", "wait", **{"for": "1d"})
    bring(api, run(api, graph([day], "start>day")), [zoe])
    settle()
    rows = Step.objects.order_by("due_at").values_list("contact_id", "due_at")
    assert list(rows) == [
        (zoe, at("2026-03-29T09:00+13:45")),
        (kim, at("2026-03-29T09:00+02:00")),
        # A day is 24 hours, also in the night that is shorter.
        (zoe, at("2026-03-29T21:00+02:00")),
    ], server_zone


@pytest.mark.parametrize(
    ("zone", "goes"),
    [
        (PARIS, "2027-02-28T09:00+01:00"),
        (CHATHAM, "2027-02-28T09:00+13:45"),
        (KOLKATA, "2027-02-28T09:00+05:30"),
        (SAO_PAULO, "2027-02-28T09:00-03:00"),
        (CAIRO, "2027-02-28T09:00+02:00"),
        (AMMAN, "2027-02-28T09:00+03:00"),
        (None, "2027-02-28T09:00+01:00"),
        ("Mars/Base", "2027-02-28T09:00+01:00"),
    ],
)
def test_rel_52_who_was_born_on_the_29th_of_february_is_met_once(api, monkeypatch, zone, goes):
    now = setting(monkeypatch)
    date_fields(api)
    zoe = somebody(zone)
    Contact.objects.filter(pk=zoe).update(attrs={"born": "1992-02-29"})
    campaign_way = graph([points("first")], "start>first")
    now((at(goes) - timedelta(days=3)).isoformat(), follow=False)
    run(api, campaign_way, sources=date_source(), reentry="always")
    for moment, came in ((-MINUTE, 0), (timedelta(), 1), (timedelta(hours=2), 1)):
        now((at(goes) + moment).isoformat())
        assert totals([zoe]) == [came], moment
    for hours in (-2, 0, 1, 24, 25):
        now((at(goes) + timedelta(hours=hours)).isoformat())
    assert totals([zoe]) == [1]
