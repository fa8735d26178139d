"""When a date leads in: by the calendar, and by the clock of each zone (REL-52)."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.services import anniversaries
from kernel import clock
from tests.campaigns.by_time import at, date_fields, date_source, person, setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    return setting(monkeypatch)


@pytest.fixture(autouse=True)
def fields(api):
    date_fields(api)


# zone, date, offset, when they enter in 2027 or 2028, as their own clock shows it.
TABLE = [
    ("Europe/Paris", "1990-05-04", "0d", "2027-05-04T09:00+02:00"),
    (None, "1990-05-04", "0d", "2027-05-04T09:00+02:00"),
    ("America/New_York", "1990-05-04", "0d", "2027-05-04T09:00-04:00"),
    ("Asia/Kolkata", "1990-05-04", "0d", "2027-05-04T09:00+05:30"),
    ("Pacific/Kiritimati", "1990-05-04", "0d", "2027-05-04T09:00+14:00"),
    ("Europe/Paris", "1990-05-04", "-3d", "2027-05-01T09:00+02:00"),
    ("Europe/Paris", "1990-05-04", "1w", "2027-05-11T09:00+02:00"),
    # Over the turn of the year, both ways.
    ("Asia/Kolkata", "1990-01-02", "-3d", "2026-12-30T09:00+05:30"),
    ("Asia/Kolkata", "1990-12-30", "3d", "2027-01-02T09:00+05:30"),
    # The days on which clocks change.
    ("Europe/Paris", "1990-03-28", "0d", "2027-03-28T09:00+02:00"),
    ("Europe/Paris", "1990-10-31", "0d", "2027-10-31T09:00+01:00"),
    ("America/New_York", "1990-03-14", "0d", "2027-03-14T09:00-04:00"),
    ("America/New_York", "1990-11-07", "0d", "2027-11-07T09:00-05:00"),
    # The 29th of February is kept on the 28th in other years, and what is before it goes by that.
    ("Europe/Paris", "1992-02-29", "0d", "2027-02-28T09:00+01:00"),
    ("Europe/Paris", "1992-02-28", "0d", "2027-02-28T09:00+01:00"),
    ("Europe/Paris", "1992-02-29", "-1d", "2027-02-27T09:00+01:00"),
    ("Europe/Paris", "1992-02-29", "1d", "2027-03-01T09:00+01:00"),
    ("Pacific/Kiritimati", "1992-03-01", "-1d", "2027-02-28T09:00+14:00"),
]
IN_A_LEAP_YEAR = [
    ("Europe/Paris", "1992-02-29", "0d", "2028-02-29T09:00+01:00"),
    ("Europe/Paris", "1992-02-28", "0d", "2028-02-28T09:00+01:00"),
    ("Asia/Kolkata", "1991-03-01", "-1d", "2028-02-29T09:00+05:30"),
    ("America/New_York", "1992-02-29", "1d", "2028-03-01T09:00-05:00"),
]


def asked(source, since, until):
    found = anniversaries.question(source, since, until)
    if found is None:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize(("rows", "year"), [(TABLE, 2026), (IN_A_LEAP_YEAR, 2028)])
def test_the_moment_is_that_of_the_calendar_and_of_the_zone(rows, year, now):
    now(f"{year}-01-01T00:00+00:00" if year == 2028 else "2026-12-05T00:00+00:00", follow=False)
    crowd = [(person(born=born, timezone=zone), offset, when) for zone, born, offset, when in rows]
    minute = timedelta(minutes=1)
    wrong = []
    for contact, offset, when in crowd:
        [source] = date_source(every="year", at="09:00", offset=offset)
        moment = at(when)
        if anniversaries.next_moment(source, contact, clock.now(), 0) != moment:
            wrong.append((contact, when, "next"))
        hits = [contact in asked(source, moment + n * minute, moment + (n + 1) * minute)
                for n in (-1, 0)]  # fmt: skip
        if hits != [True, False]:
            wrong.append((contact, when, hits))
    assert wrong == []
