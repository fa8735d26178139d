"""At its end a campaign lets nobody in; who is on the way may finish, or stops there."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import LeftFor, Step, StepLog, Visit
from campaigns.services import ending
from campaigns.services.ending import STOP
from kernel import clock
from kernel.jobs import enqueue
from kernel.models import Event
from tests.journey import bring, graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'poison'; END $$"""
WAY = graph(
    [points("first"), node("rest", "wait", **{"for": "3h"}), points("last", 10)],
    "start>first",
    "first>rest",
    "rest>last",
)


def ends(api, **settings):
    """Publish a campaign that ends in two hours."""
    end = clock.iso(clock.now() + timedelta(hours=2))
    return run(api, WAY, end_at=end, **settings)


@pytest.mark.parametrize(("on_end", "got"), [({}, 11), ({"on_end": "stop"}, 1)])
def test_who_is_on_the_way_finishes_or_stops(api, shift, on_end, got, monkeypatch):
    monkeypatch.setattr(ending, "CHUNK", 2)
    contacts = people(5)
    campaign, other = ends(api, **on_end), run(api, WAY)
    for each in (campaign, other):
        bring(api, each, contacts)
    settle()
    shift(timedelta(hours=2, minutes=1))
    enqueue(STOP, {}, now=clock.now())
    settle()
    under_way = 0 if on_end else 5
    assert statistics(api, campaign)["active"] == under_way
    assert statistics(api, other)["active"] == 5
    shift(timedelta(hours=2))
    enqueue(STOP, {}, now=clock.now())
    settle()
    assert totals(contacts) == [got + 11] * 5
    reason = LeftFor.ENDED if on_end else LeftFor.DONE
    mine = Visit.objects.filter(campaign=int(campaign))
    assert set(mine.values_list("reason", flat=True)) == {reason}
    assert not Step.objects.exists()
    told = Event.objects.filter(subject_id=int(campaign), data__reason=reason.name.lower())
    assert told.count() == 5


def test_no_step_runs_after_the_end_though_the_job_comes_late(api, shift):
    [zoe] = people(1)
    campaign = ends(api, on_end="stop")
    bring(api, campaign, [zoe])
    settle()
    shift(timedelta(days=3))
    settle()
    assert totals([zoe]) == [1]
    assert not StepLog.objects.filter(node__name="last").exists()
    # Who publishes a later end before it comes lets everybody go on.
    path = f"/api/v1/campaigns/{campaign}"
    ok(api.patch(path, {"end_at": clock.iso(clock.now() + timedelta(days=1))}))
    ok(api.post(f"{path}/publish"))
    enqueue(STOP, {}, now=clock.now())
    settle()
    assert totals([zoe]) == [11]


def test_a_campaign_that_cannot_be_stopped_keeps_no_other_going(api, shift):
    broken, sound = ends(api, on_end="stop"), ends(api, on_end="stop")
    for each in (broken, sound):
        bring(api, each, people(2, int(each) * 2))
    settle()
    with connection.cursor() as cursor:
        cursor.execute(POISON)
        cursor.execute(
            "CREATE TRIGGER poison BEFORE UPDATE ON visit FOR EACH ROW"
            f" WHEN (NEW.campaign_id = {int(broken)}) EXECUTE FUNCTION poison()"
        )
    shift(timedelta(hours=2, minutes=1))
    enqueue(STOP, {}, now=clock.now())
    settle()
    assert [statistics(api, each)["active"] for each in (broken, sound)] == [2, 0]


def test_the_choice_is_kept_in_versions_and_files(api):
    campaign = ends(api, on_end="stop")
    path = f"/api/v1/campaigns/{campaign}"
    assert ok(api.get(f"{path}/file"))["on_end"] == "stop"
    ok(api.patch(path, {"on_end": "finish"}))
    changes = ok(api.get(f"{path}/compare"))
    assert "Who is on the way then" in str(changes)
    assert api.patch(path, {"on_end": "later"}).status_code == 400
