"""A date of the contact leads it in: on the day, or days around it, at an hour of its own zone."""

from datetime import timedelta

import pytest

from campaigns.models import HeldOut, SourceClock, Visit
from campaigns.services import timing
from contacts.models import Contact
from tests.campaigns.by_time import FIRST, at, date_fields, date_source, one_chunk, person, setting
from tests.journey import ok, run, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    return setting(monkeypatch)


@pytest.fixture(autouse=True)
def fields(api):
    date_fields(api)


def visits(contact):
    return Visit.objects.filter(contact_id=contact).count()


def test_a_birthday_leads_in_every_year_and_once_a_day(api, now):
    zoe, max_ = person(born="1990-11-21", timezone="Asia/Kolkata"), person(born="1991-06-01")
    campaign = run(api, FIRST, sources=date_source(), reentry="after_leaving")
    stored = ok(api.get(f"/api/v1/campaigns/{campaign}"))["sources"]
    assert stored == [{"date": {"field": "born", "every": "year", "at": "09:00"}}]
    now("2026-11-21T03:29:00+00:00")
    assert totals([zoe, max_]) == [0, 0]
    now("2026-11-21T03:30:00+00:00")
    assert totals([zoe, max_]) == [1, 0]
    # Who moves to another zone on that day does not enter for it again.
    Contact.objects.filter(pk=zoe).update(timezone="America/New_York")
    now("2026-11-21T14:05:00+00:00")
    assert totals([zoe, max_]) == [1, 0]
    # Who moves before their hour enters at that of the new zone.
    Contact.objects.filter(pk=max_).update(attrs={"born": "1991-11-23"}, timezone="Asia/Tokyo")
    now("2026-11-22T23:30:00+00:00")
    Contact.objects.filter(pk=max_).update(timezone=None)
    now("2026-11-23T00:30:00+00:00")
    assert totals([zoe, max_]) == [1, 0]
    now("2026-11-23T08:00:00+00:00")
    assert totals([zoe, max_]) == [1, 1]
    now("2027-11-21T14:00:00+00:00")
    assert totals([zoe, max_]) == [2, 1]


def test_once_means_that_day_alone_and_once_of_re_entry_keeps_out_next_year(api, now):
    zoe, old = person(born="2026-11-24"), person(born="2025-11-24")
    once = run(api, FIRST, sources=date_source(every="once", offset="-3d", at="08:30"))
    yearly = run(api, FIRST, sources=date_source())
    now("2026-11-21T07:30:00+00:00")
    assert totals([zoe, old]) == [1, 0]
    now("2026-11-24T08:00:00+00:00")
    assert totals([zoe, old]) == [2, 1]
    now("2027-11-24T08:00:00+00:00")
    assert totals([zoe, old]) == [2, 1]
    hints = {c: ok(api.get(f"/api/v1/campaigns/{c}/outlook"))["hints"] for c in (once, yearly)}
    assert [[one["code"] for one in hints[c]] for c in (once, yearly)] == [[], ["once_a_year"]]


@pytest.mark.parametrize(("days", "enter"), [(3, True), (8, False)])
def test_after_a_standstill_those_missed_enter_once_and_late(api, now, days, enter):
    zoe = person(born="1990-11-21")
    run(api, FIRST, sources=date_source(), reentry="always")
    late = at("2026-11-21T08:00:00+00:00") + timedelta(days=days)
    for minute in (0, 1):
        now((late + timedelta(minutes=minute)).isoformat())
    assert visits(zoe) == (1 if enter else 0)


def test_a_pass_that_is_killed_goes_on_where_it_stopped(api, now, monkeypatch):
    crowd = [person(born="1990-11-21") for _n in range(5)]
    campaign = run(api, FIRST, sources=date_source(), reentry="always")
    monkeypatch.setattr(timing, "CHUNK", 2)
    now("2026-11-21T08:00:00+00:00", follow=False)
    assert one_chunk(campaign)
    first = [visits(contact) for contact in crowd]
    assert first == [1, 1, 0, 0, 0]
    now("2026-11-21T08:03:00+00:00")
    assert [visits(contact) for contact in crowd] == [1] * 5
    kept = SourceClock.objects.get(campaign=campaign)
    assert (kept.through, kept.until) == (at("2026-11-21T08:03:00+00:00"), None)


def test_what_passed_while_nothing_ran_leads_in_only_if_one_says_so(api, now):
    zoe = person(born="1990-11-21")
    path = f"/api/v1/campaigns/{run(api, FIRST, sources=date_source(), reentry='always')}"
    ok(api.post(f"{path}/unpublish"))
    now("2026-11-22T08:00:00+00:00")
    ok(api.post(f"{path}/publish"))
    now("2026-11-22T08:01:00+00:00")
    assert visits(zoe) == 0
    ok(api.post(f"{path}/unpublish"))
    max_ = person(born="1990-11-23")
    now("2026-11-23T10:00:00+00:00")
    ok(api.post(f"{path}/publish", {"catch_up": True}))
    now("2026-11-23T10:01:00+00:00")
    assert (visits(zoe), visits(max_)) == (0, 1)
    # A version that says another hour sets out from now, and nobody enters twice for a day.
    late = person(born="1990-11-23")
    for hour, when, entered in (("11:00", "10:30", 0), ("12:00", "11:00", 1)):
        ok(api.patch(path, {"sources": date_source(at=hour)}))
        ok(api.post(f"{path}/publish"))
        now(f"2026-11-23T{when}:00+00:00")
        assert (visits(max_), visits(late)) == (1, entered)


def test_an_instant_counts_by_its_day_in_the_workspace_and_what_we_write_by_later_years(api, now):
    zoe = person(call_at="2026-11-21T23:30:00.000Z")
    Contact.objects.filter(pk=zoe).update(created_at=at("2025-11-22T23:30:00+00:00"))
    new = person()
    Contact.objects.filter(pk=new).update(created_at=at("2026-11-23T05:00:00+00:00"))
    run(api, FIRST, sources=date_source("call_at", every="once"))
    run(api, FIRST, sources=date_source("created_at"))
    now("2026-11-21T12:00:00+00:00")
    assert totals([zoe, new]) == [0, 0]
    now("2026-11-22T08:00:00+00:00")
    assert totals([zoe, new]) == [1, 0]
    now("2026-11-23T08:00:00+00:00")
    assert totals([zoe, new]) == [2, 0]


def test_a_share_is_held_out_of_those_who_come_by_time(api, now):
    crowd = [person(born="1990-11-21") for _n in range(12)]
    campaign = run(api, FIRST, sources=date_source(), holdout=50, reentry="always")
    now("2026-11-21T08:00:00+00:00")
    held = set(HeldOut.objects.filter(campaign=campaign).values_list("contact_id", flat=True))
    assert 0 < len(held) < len(crowd)
    assert [visits(contact) for contact in crowd] == [int(one not in held) for one in crowd]
