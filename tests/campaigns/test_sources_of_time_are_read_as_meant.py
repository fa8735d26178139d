"""Settings and people at the edges: far dates, hours cut short, and who cannot be measured."""

from datetime import timedelta

import pytest

from contacts.models import Contact, ContactState
from contacts.models.consent import Consent
from kernel import events, preferences, retention
from kernel.events import Fact
from tests.campaigns.by_time import DAY, FIRST, START, inactive, setting, visits
from tests.journey import ok, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
PURPOSES = ("open_tracking", "click_tracking", "web_tracking")


@pytest.fixture(autouse=True)
def now(monkeypatch):
    return setting(monkeypatch)


@pytest.fixture
def _born(api):
    preferences.put("workspace.timezone", "Europe/Paris")
    body = {"object": "contact", "label": "Born", "alias": "born", "type": "date"}
    ok(api.post("/api/v1/fields", body), 201)


def refusing(active=20):
    [contact] = people(1)
    Contact.objects.filter(pk=contact).update(created_at=START - 400 * DAY)
    ContactState.objects.filter(pk=contact).update(last_active_at=START - active * DAY)
    Consent.objects.bulk_create(
        Consent(contact_id=contact, purpose=purpose, state="refused", at=START, topic_id=0)
        for purpose in PURPOSES
    )
    return contact


@pytest.mark.usefixtures("_born")
@pytest.mark.parametrize("born", ["9999-12-31", "9995-06-01", "0001-01-01", "1992-02-29"])
@pytest.mark.parametrize("config", [{"every": "once", "offset": "5d"}, {"every": "year"},
                                    {"every": "once", "offset": "-3000d"}])  # fmt: skip
def test_dates_at_the_ends_of_the_calendar_are_simulated(api, born, config):
    [zoe] = people(1)
    Contact.objects.filter(pk=zoe).update(attrs={"born": born}, timezone="America/New_York")
    body = {"name": "x", "graph": FIRST, "sources": [{"date": {"field": "born", **config}}]}
    path = f"/api/v1/campaigns/{ok(api.post('/api/v1/campaigns', body), 201)['id']}"
    told = ok(api.post(f"{path}/simulate", {"contact": zoe}))["enters_at"]
    comes = config["every"] == "year" and born < "9000"
    assert (told or "none")[:4] == ("2027" if comes else "none")


@pytest.mark.usefixtures("_born")
@pytest.mark.parametrize("hour", ["9:30:00", "090000", "T09", "09:00Z", "24:00", "09:00:30", 9])
def test_an_hour_is_written_with_its_minutes_alone(api, hour):
    body = {"name": "x", "graph": FIRST, "sources": [{"date": {"field": "born", "at": hour}}]}
    [problem] = ok(api.post("/api/v1/campaigns", body), 400)["errors"]
    assert problem["field"] == "sources.0.date.at"


def test_a_simulation_promises_nobody_an_entry_that_will_not_be(api, now):
    closed, [gone] = refusing(20), people(1)
    Contact.objects.filter(pk=gone).update(created_at=START - 40 * DAY)
    campaign = run(api, FIRST, sources=inactive(), reentry="always")
    now(1)
    assert visits(closed, gone) == [0, 1]
    path = f"/api/v1/campaigns/{campaign}"
    told = ok(api.post(f"{path}/simulate", {"contact": closed}))
    assert (told["enters_at"], told["kept_out"]["code"]) == (None, "not_measurable")
    # Who has come in for this spell does not for a longer one of the same.
    ok(api.patch(path, {"sources": inactive(60)}))
    assert ok(api.post(f"{path}/simulate", {"contact": gone}))["enters_at"] is None


def test_of_chosen_kinds_one_that_everybody_shows_counts_for_everybody(api, now):
    closed = refusing(90)
    events.record("orders.placed", [Fact(closed, START - 10 * DAY)], now=START)
    settle()
    run(api, FIRST, sources=inactive(kinds=["orders.placed", "emails.opened"]))
    run(api, FIRST, sources=inactive())
    now(19)
    assert visits(closed) == [0]
    now(21)
    # By default who lets nothing be measured stays out, whatever they buy.
    assert visits(closed) == [1]


def test_the_log_is_kept_as_long_as_a_chosen_kind_is_looked_back_for(api):
    run(api, FIRST, sources=inactive(180, kinds=["emails.opened"]))
    need = retention.longest_need(lambda event: event == "emails.opened")
    assert need is not None
    assert need.length > timedelta(days=180)
    assert "Journey" in need.name
