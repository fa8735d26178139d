"""A move to a new version that failed goes on with what it was to do; nobody is left behind."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Visit
from campaigns.services import fitting
from campaigns.services.refitting import MOST_TIMES
from kernel import clock
from kernel.schedule import run_due
from tests.campaigns.versions import in_flight, places, publish, publish_anew, redraw
from tests.journey import bring, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
OLD = graph([node("long", "wait", **{"for": "10h"})], "start>long")
NEW = graph([node("short", "wait", **{"for": "1h"}), points("bye")], "start>short", "short>bye")


@pytest.fixture
def failed(api, monkeypatch, shift):
    """A move of three that failed when the first had been moved, after three days of standstill."""
    contacts = people(3)
    campaign = run(api, OLD)
    bring(api, campaign, contacts)
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    shift(timedelta(days=3))
    redraw(api, campaign, NEW)
    publish(api, campaign, settled=False, moves={"long": "short"})
    monkeypatch.setattr(fitting, "CHUNK", 1)
    second = Visit.objects.order_by("pk").values_list("pk", flat=True)[1]
    breaks(second)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER broken BEFORE DELETE ON step FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    settle()
    assert places() == {contacts[0]: ["short"], contacts[1]: ["long"], contacts[2]: ["long"]}
    return campaign, contacts


def breaks(visit):
    """Have the database refuse to take the steps of this visit away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF OLD.visit_id = {int(visit)} THEN RAISE 'The disk is full.'; END IF;"
            " RETURN OLD; END $$"
        )


def later(shift):
    """Let the scheduled jobs run."""
    shift(timedelta(minutes=11))
    assert "campaigns.trim" in run_due(clock.now())
    settle()


def refused(api, campaign, **how):
    answer = api.post(f"/api/v1/campaigns/{campaign}/publish", how, format="json")
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_it_goes_on_where_it_stopped(api, failed, shift):
    campaign, contacts = failed
    assert refused(api, campaign) == (409, "busy")
    breaks(0)
    later(shift)
    assert places() == {one: ["short"] for one in contacts}
    assert in_flight(api, campaign)["versions"] == [{"number": 2, "active": 3}]
    shift(timedelta(hours=2))
    settle()
    assert totals(contacts) == [1] * 3
    assert publish_anew(api, campaign)["published_version"] == 3


def test_what_is_hopeless_locks_the_campaign_no_more(api, failed, shift):
    campaign, _contacts = failed
    for _time in range(MOST_TIMES):
        assert refused(api, campaign, in_flight="finish") == (409, "busy")
        later(shift)
    assert refused(api, campaign, in_flight="finish") == (409, "not_moved")
    breaks(0)
    assert publish(api, campaign)["published_version"] == 3
