"""Sources of dates before they run: refused, counted, simulated, taken along in a file."""

import pytest

from contacts.models import Field
from tests.campaigns.by_time import FIRST, date_fields, date_source, person, setting
from tests.journey import bring, ok, run, totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    return setting(monkeypatch)


@pytest.fixture(autouse=True)
def fields(api):
    date_fields(api)


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
