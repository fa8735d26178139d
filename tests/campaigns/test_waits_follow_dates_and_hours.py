"""Waits until a date, a date of the contact, or a time of day: also when clocks change (REL-52)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.services.waiting import next_opening
from contacts.models import Contact
from kernel import clock, preferences
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

DAY, HALF_PAST_TWO = {"from": "09:00", "to": "17:00"}, {"from": "02:30", "to": "02:45"}
PARIS, CHATHAM, KOLKATA, NEW_YORK, KIRITIMATI = (
    ZoneInfo(name)
    for name in (
        "Europe/Paris", "Pacific/Chatham", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"
    )
)  # fmt: skip


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("until", "zone", "now", "expected"),
    [
        (DAY, PARIS, "2026-11-23T08:30+01:00", "2026-11-23T09:00+01:00"),
        (DAY, PARIS, "2026-11-23T12:00+01:00", "2026-11-23T12:00+01:00"),
        (DAY, PARIS, "2026-11-23T17:00+01:00", "2026-11-24T09:00+01:00"),
        ({"weekdays": ["mon"]}, PARIS, "2026-11-24T12:00+01:00", "2026-11-30T00:00+01:00"),
        ({"weekdays": [1, 5], "from": "10:00"}, PARIS, "2026-11-24T12:00+01:00",
         "2026-11-27T10:00+01:00"),
        # Over midnight: Friday night lasts until Saturday morning, and no longer.
        ({"weekdays": [5], "from": "22:00", "to": "02:00"}, PARIS, "2026-11-28T01:00+01:00",
         "2026-11-28T01:00+01:00"),
        ({"weekdays": [5], "from": "22:00", "to": "02:00"}, PARIS, "2026-11-28T03:00+01:00",
         "2026-12-04T22:00+01:00"),
        # The night in which 02:30 does not exist, and the one in which it comes twice.
        (HALF_PAST_TWO, PARIS, "2026-03-29T00:10+01:00", "2026-03-29T03:30+02:00"),
        (HALF_PAST_TWO, PARIS, "2026-10-25T00:10+02:00", "2026-10-25T02:30+02:00"),
        ({"weekdays": ["tue"]}, PARIS, "2028-02-24T12:00+01:00", "2028-02-29T00:00+01:00"),
        (DAY, CHATHAM, "2026-11-23T00:00+00:00",
         "2026-11-23T00:00+00:00"),
        (DAY, KOLKATA, "2026-11-23T12:00+00:00",
         "2026-11-24T09:00+05:30"),
        # One zone's evening is the next day's morning in another.
        (DAY, KIRITIMATI, "2026-11-22T18:59+00:00", "2026-11-23T09:00+14:00"),
        (DAY, KIRITIMATI, "2026-11-22T19:01+00:00", "2026-11-23T09:01+14:00"),
        (DAY, NEW_YORK, "2026-11-23T13:59+00:00", "2026-11-23T09:00-05:00"),
        ({"weekdays": ["mon"]}, KIRITIMATI, "2026-11-22T09:00+00:00", "2026-11-23T00:00+14:00"),
        ({"weekdays": ["sun"], "from": "20:00"}, NEW_YORK, "2026-11-23T02:00+00:00",
         "2026-11-22T21:00-05:00"),
        # Both days on which clocks change in New York, too, and a day that is an hour shorter.
        (HALF_PAST_TWO, NEW_YORK, "2026-03-08T00:10-05:00", "2026-03-08T03:30-04:00"),
        (HALF_PAST_TWO, NEW_YORK, "2026-11-01T00:10-04:00", "2026-11-01T02:30-05:00"),
        ({"weekdays": ["sun"], "from": "09:00"}, PARIS, "2026-03-28T23:00+01:00",
         "2026-03-29T09:00+02:00"),
        ({"weekdays": ["sun"], "from": "09:00"}, PARIS, "2026-10-24T23:00+02:00",
         "2026-10-25T09:00+01:00"),
        ({"from": "22:00", "to": "02:00"}, KOLKATA, "2028-02-29T22:30+05:30",
         "2028-02-29T22:30+05:30"),
        ({"weekdays": ["tue"], "from": "22:00", "to": "02:00"}, KOLKATA,
         "2028-03-01T01:59+05:30", "2028-03-01T01:59+05:30"),
        # After three days of standstill, at night: the next morning that is allowed.
        ({"weekdays": ["mon", "fri"], "from": "09:00", "to": "17:00"}, KIRITIMATI,
         "2026-11-26T03:00+14:00", "2026-11-27T09:00+14:00"),
    ],
)  # fmt: skip
def test_the_next_opening_of_a_window(until, zone, now, expected):
    assert next_opening(until, zone, at(now)) == at(expected)


def waiting(until):
    return graph([node("rest", "wait", until=until), points("then")], "start>rest", "rest>then")


@pytest.mark.django_db
def test_a_date_holds_everybody_and_a_past_one_nobody(api, shift):
    contacts = people(2)
    day = clock.iso(clock.now() + timedelta(days=3))
    campaign = run(api, waiting({"date": day}))
    bring(api, campaign, contacts)
    settle()
    assert figures(api, campaign)["rest"] == {"waiting": 2}
    shift(timedelta(days=3, minutes=1))
    settle()
    assert totals(contacts) == [1, 1]
    [late] = people(1)
    bring(api, campaign, [late])
    settle()
    assert totals([late]) == [1]


@pytest.mark.django_db
def test_each_contact_waits_for_its_own_hour(api, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("2026-11-23T12:00+00:00"))
    contacts = people(3)
    for contact, zone in zip(contacts, ("Europe/Paris", "Asia/Kolkata", None), strict=True):
        Contact.objects.filter(pk=contact).update(timezone=zone)
    preferences.put("workspace.timezone", "America/New_York")
    campaign = run(api, waiting({"from": "09:00", "to": "17:00", "zone": "contact"}))
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [1, 0, 0]
    settle(at("2026-11-23T14:00:01+00:00"))
    assert totals(contacts) == [1, 0, 1]
    settle(at("2026-11-24T03:30:01+00:00"))
    assert totals(contacts) == [1, 1, 1]


@pytest.mark.django_db
def test_after_days_of_standstill_the_window_is_still_respected(api, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("2026-11-23T20:00+00:00"))
    [zoe] = people(1)
    campaign = run(api, waiting({"from": "09:00", "to": "17:00"}))
    bring(api, campaign, [zoe])
    settle()
    settle(at("2026-11-26T03:00+00:00"))
    assert totals([zoe]) == [0]
    settle(at("2026-11-26T09:00:01+00:00"))
    assert totals([zoe]) == [1]


@pytest.mark.django_db
def test_a_date_field_and_its_offset(api, shift):
    ok(
        api.post(
            "/api/v1/fields",
            {"object": "contact", "label": "Renewal", "alias": "renewal", "type": "date"},
        ),
        201,
    )
    today = clock.now().date()
    contacts = people(3)
    for contact, days in zip(contacts, (10, 1, None), strict=True):
        value = (today + timedelta(days=days)).isoformat() if days else None
        ok(api.patch(f"/api/v1/contacts/{contact}", {"renewal": value}))
    campaign = run(api, waiting({"field": "renewal", "offset": "-3d"}))
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [0, 1, 1]
    later = (today + timedelta(days=20)).isoformat()
    ok(api.patch(f"/api/v1/contacts/{contacts[0]}", {"renewal": later}))
    shift(timedelta(days=8))
    settle()
    assert totals(contacts) == [0, 1, 1]
    shift(timedelta(days=10))
    settle()
    assert totals(contacts) == [1, 1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("offset", ["0d", "3d", "-3d", "2h", "-2h"])
@pytest.mark.parametrize("kind", ["date", "datetime"])
def test_the_ends_of_the_calendar_hold_for_ever_or_not_at_all(api, kind, offset):
    preferences.put("workspace.timezone", "Asia/Tokyo")
    field = {"object": "contact", "label": "Until", "alias": "f_until", "type": kind}
    ok(api.post("/api/v1/fields", field), 201)
    never, no_end = people(2)
    for contact, day in ((never, "0001-01-01"), (no_end, "9999-12-31")):
        value = day if kind == "date" else f"{day}T23:59:59Z"
        ok(api.patch(f"/api/v1/contacts/{contact}", {"f_until": value}))
    campaign = run(api, waiting({"field": "f_until", "offset": offset}))
    bring(api, campaign, [never, no_end])
    settle()
    assert totals([never, no_end]) == [1, 0]
    assert figures(api, campaign)["rest"]["waiting"] == 1
