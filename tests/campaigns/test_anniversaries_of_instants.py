"""Instants come round each year: by their day here, found in the index around it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from campaigns.services import anniversaries
from contacts.models import Contact
from kernel import clock
from tests.campaigns.by_time import at, date_fields, date_source, person, setting
from tests.campaigns.test_moments_of_dates import asked
from tests.journey import ok
from tests.settle import settle

pytestmark = pytest.mark.django_db
PARIS, HOUR = ZoneInfo("Europe/Paris"), timedelta(hours=1)
DAYS = [date(2026, 11, 20) + timedelta(days=n) for n in range(-4, 5)]


@pytest.fixture(autouse=True)
def fields(api, monkeypatch):
    setting(monkeypatch)
    date_fields(api)


def is_indexed(api):
    [field] = [row for row in ok(api.get("/api/v1/fields"))["results"] if row["alias"] == "call_at"]
    ok(api.patch(f"/api/v1/fields/{field['id']}", {"indexed": True, "version": field["version"]}))
    settle()


def around(year: int) -> list[datetime]:
    """Return instants of a year about the 20th of November, at the ends of days and within."""
    noon = datetime(year, 11, 20, 11, tzinfo=ZoneInfo("UTC"))
    return [noon + n * HOUR for n in (-85, -61, -37, -36, -13, -12, 0, 11, 12, 35, 36, 60)]


def falls_on(instant: datetime, day: date) -> bool:
    local = instant.astimezone(PARIS).date()
    return (local.month, local.day) == (day.month, day.day)


@pytest.mark.parametrize("indexed", [False, True])
def test_whoever_has_the_day_here_is_found_whatever_the_year(api, indexed):
    if indexed:
        is_indexed(api)
    crowd = {
        person(call_at=clock.iso(instant)): instant
        for year in (1900, 1969, 1992, 2025, 2026)
        for instant in around(year)
    }
    [source] = date_source("call_at", every="year", at="09:00")
    for day in DAYS:
        since = datetime.combine(day, datetime.min.time(), PARIS) + 8 * HOUR
        wanted = {contact for contact, instant in crowd.items() if falls_on(instant, day)}
        assert asked(source, since, since + 2 * HOUR) == wanted, day
    whole = datetime.combine(DAYS[0], datetime.min.time(), PARIS)
    wanted = {one for one, instant in crowd.items() if any(falls_on(instant, d) for d in DAYS)}
    assert asked(source, whole, whole + timedelta(days=9)) == wanted


def test_the_29th_of_february_and_those_who_came_then(api):
    is_indexed(api)
    zoe = person(call_at="1992-02-29T12:00:00.000Z")
    kim = person()
    Contact.objects.filter(pk=kim).update(created_at=at("2024-02-29T12:00:00+00:00"))
    when = at("2027-02-28T08:00:00+00:00")
    for field, contact in (("call_at", zoe), ("created_at", kim)):
        [source] = date_source(field, every="year", at="09:00")
        assert asked(source, when - HOUR, when) == {contact}


@pytest.mark.parametrize("field", ["call_at", "created_at"])
def test_an_index_names_them_instead_of_reading_everybody(api, field):
    is_indexed(api)
    [source] = date_source(field, every="year", at="09:00")
    when = at("2026-11-21T08:00:00+00:00")
    found = anniversaries.question(source, when - HOUR, when)
    assert found is not None
    with connection.cursor() as cursor:
        # There are too few people for the planner to take the trouble by itself.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {found.sql}", found.params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond" in plan, plan
    assert "contact_newest" in plan or "field_" in plan, plan
