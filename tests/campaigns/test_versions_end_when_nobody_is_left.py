"""Whether somebody is left in an older version is asked of the steps; an empty one runs no more."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Campaign, Visit
from contacts.services import erase
from kernel import clock
from kernel.models import Job
from kernel.schedule import run_due
from tests.campaigns.counting import count
from tests.campaigns.versions import in_flight, publish, publish_anew, redraw
from tests.journey import bring, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
LONG = graph([node("rest", "wait", **{"for": "10h"}), points("old")], "start>rest", "rest>old")
NOW = graph([points("now", 100)], "start>now")


@pytest.fixture
def finishing(api):
    """Two people in version 1, beside version 2 where nobody waits."""
    contacts = people(2)
    campaign = run(api, LONG)
    bring(api, campaign, contacts)
    settle()
    redraw(api, campaign, NOW)
    publish(api, campaign, in_flight="finish")
    return campaign, contacts


def trimmed(api, campaign):
    """Let the scheduled jobs run; return the states of the versions, the newest first."""
    assert "campaigns.trim" in run_due(clock.now())
    settle()
    rows = ok(api.get(f"/api/v1/campaigns/{campaign}/versions"))["results"]
    return [row["state"] for row in rows]


def falsify(campaign, by):
    count(campaign, "rest", waiting=by)


def test_a_version_ends_when_the_last_has_finished(api, finishing, shift):
    campaign, contacts = finishing
    assert trimmed(api, campaign) == ["newest", "finishing"]
    shift(timedelta(hours=11))
    settle()
    assert totals(contacts) == [1, 1]
    assert trimmed(api, campaign) == ["newest", "over"]
    assert Campaign.objects.get().finishing == []


def test_a_version_ends_when_the_last_is_forgotten(api, finishing, shift):
    campaign, contacts = finishing
    for contact in contacts:
        assert trimmed(api, campaign) == ["newest", "finishing"]
        erase.erase(contact, clock.now())
        shift(timedelta(minutes=11))
    assert trimmed(api, campaign) == ["newest", "over"]


def test_nothing_is_ended_while_people_are_moved(api, finishing):
    campaign, contacts = finishing
    publish(api, campaign, settled=False)
    Campaign.objects.update(fitting_since=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE job SET due_at = due_at + interval '1 day'")
    assert trimmed(api, campaign) == ["newest", "over", "finishing"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE job SET due_at = due_at - interval '1 day'")
    settle()
    assert in_flight(api, campaign)["versions"] == [{"number": 3, "active": 0}]
    assert totals(contacts) == [0, 0]


@pytest.mark.parametrize("unpublished", [False, True])
def test_figures_that_lag_behind_forget_nobody(api, finishing, shift, unpublished):
    campaign, contacts = finishing
    if unpublished:
        ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    falsify(campaign, -2)
    publish_anew(api, campaign, in_flight="finish")
    falsify(campaign, 2)
    assert not Job.objects.filter(state=Job.State.FAILED).exists()
    assert Campaign.objects.get().fitting_since is None
    shift(timedelta(hours=11))
    settle()
    assert totals(contacts) == [1, 1]
    assert not Visit.objects.filter(left_at=None).exists()


def test_adding_the_edition_reads_no_visit(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'visit'::regclass"
            " AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%edition%'"
        )
        assert cursor.fetchall() == []
