"""A date of the contact leads it in: on the day, or days around it, at an hour of its own zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from campaigns.models import SourceClock, Visit
from campaigns.services import anniversaries, timing
from contacts.models import Contact, Field
from kernel import clock, jobs, preferences
from tests.campaigns.by_time import one_chunk
from tests.journey import bring, graph, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
FIRST = graph([points("first")], "start>first")


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def now(monkeypatch):
    """Set the clock, and let time be followed until then."""

    def put(text, follow=True):
        moment = at(text)
        monkeypatch.setattr(clock, "now", lambda: moment)
        if follow:
            jobs.enqueue("campaigns.time", {}, now=moment)
            settle()

    put("2026-11-20T12:00+00:00", follow=False)
    return put


@pytest.fixture(autouse=True)
def fields(api):
    preferences.put("workspace.timezone", "Europe/Paris")
    for alias, kind in (("born", "date"), ("call_at", "datetime")):
        body = {"object": "contact", "label": alias.title(), "alias": alias, "type": kind}
        ok(api.post("/api/v1/fields", body), 201)


def date_source(field="born", **more):
    return [{"date": {"field": field, **more}}]


def person(**values):
    [contact] = people(1)
    zone = values.pop("timezone", None)
    Contact.objects.filter(pk=contact).update(attrs=values, timezone=zone)
    return contact


def visits(contact):
    return Visit.objects.filter(contact_id=contact).count()


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
    Contact.objects.filter(pk=max_).update(attrs={"born": "1991-11-23"})
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
    later = date_source(at="12:00")
    ok(api.patch(path, {"sources": later}))
    ok(api.post(f"{path}/publish"))
    now("2026-11-23T11:00:00+00:00")
    assert visits(max_) == 1


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


def test_the_days_to_come_are_counted_and_simulated(api, now):
    soon = person(born="1990-12-01", timezone="Asia/Kolkata")
    far, here = person(born="1990-06-01"), person(born="1990-12-02")
    campaign = run(api, FIRST, sources=[*date_source(), {"manual": True}])
    bring(api, campaign, [here])
    path = f"/api/v1/campaigns/{campaign}"
    told = ok(api.get(f"{path}/outlook"))
    assert (told["enters"], told["ahead"]) == (0, {"days": 30, "enters": 1})
    simulated = ok(api.post(f"{path}/simulate", {"contact": soon}))
    assert simulated["enters_at"] == "2026-12-01T03:30:00.000Z"
    # Somebody may put them in by hand today.
    assert simulated["moments"][0]["arrived_at"][:10] == "2026-11-20"
    ok(api.patch(path, {"sources": date_source()}))
    simulated = ok(api.post(f"{path}/simulate", {"contact": soon}))
    assert simulated["moments"][0]["arrived_at"] == "2026-12-01T03:30:00.000Z"
    simulated = ok(api.post(f"{path}/simulate", {"contact": far}))
    assert simulated["enters_at"] == "2027-06-01T07:00:00.000Z"
    assert simulated["moments"][0]["arrived_at"][:10] == "2026-11-20"
    made_up = ok(api.post(f"{path}/simulate", {"person": {"born": "2000-11-30"}}))
    assert made_up["moments"][0]["arrived_at"] == "2026-11-30T08:00:00.000Z"


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"field": "email"}, "field"),
        ({"field": "last_active_at"}, "field"),
        ({"field": "born", "offset": "3h"}, "offset"),
        ({"field": "born", "offset": "-200d"}, "offset"),
        ({"field": "born", "offset": 3}, "offset"),
        ({"field": "born", "at": "9"}, "at"),
        ({"field": "born", "every": "month"}, "every"),
        ({"field": "born", "hour": 9}, "hour"),
        ("born", ""),
    ],
)
def test_a_date_source_that_cannot_be_is_refused(api, config, place):
    body = {"name": "x", "graph": FIRST, "sources": [{"date": config}]}
    [problem] = ok(api.post("/api/v1/campaigns", body), 400)["errors"]
    assert problem["field"] == ".".join(filter(None, ["sources.0.date", place]))


def test_a_field_that_is_gone_leads_nobody_in_and_stops_nothing(api, now):
    zoe = person(born="1990-11-21")
    run(api, FIRST, sources=[*date_source("call_at"), *date_source()])
    Field.objects.filter(alias="call_at").delete()
    now("2026-11-21T08:00:00+00:00")
    assert totals([zoe]) == [1]


def test_a_file_takes_the_date_along_where_the_field_is_known(api):
    body = {"name": "x", "graph": FIRST, "sources": [*date_source(), *date_source("call_at")]}
    path = f"/api/v1/campaigns/{ok(api.post('/api/v1/campaigns', body), 201)['id']}"
    document = ok(api.get(f"{path}/file"))
    Field.objects.filter(alias="call_at").delete()
    taken = ok(api.post("/api/v1/campaigns/file", document), 201)
    assert [source["date"]["field"] for source in taken["campaign"]["sources"]] == ["born"]
    assert ok(api.get(f"{path}/draft"))["problems"][0]["code"] == "unknown_date"
