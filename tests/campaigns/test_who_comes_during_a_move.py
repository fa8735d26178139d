"""K1: people are let in while others are moved: nobody who comes meanwhile is lost."""

import pytest
from django.db import connection

from campaigns.models import Step, Visit
from campaigns.plugins import jobs
from kernel import clock, events
from kernel.events import Fact
from segments.models import Segment
from segments.services import members
from tests.campaigns.versions import in_flight, places, publish, redraw
from tests.journey import VISITED, bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
LONG = node("long", "wait", **{"for": "10h"})
DRAWING = graph([points("hello"), LONG, points("then")], "start>hello", "hello>long", "long>then")


def put_off(days):
    """Have the move wait, or go on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET due_at = due_at + %s * interval '1 day'"
            " WHERE kind = 'campaigns.fit' AND state = 'queued'",
            [days],
        )
        assert cursor.rowcount == 1


@pytest.mark.parametrize("beside", [False, True])
def test_whoever_comes_while_others_are_moved_goes_through_the_new_version(api, beside):
    segment = Segment.objects.create(name="Clients")
    contacts = people(5)
    sources = [{"segment": segment.pk}, {"event": VISITED}, {"manual": True}]
    campaign = run(api, DRAWING, sources=sources)
    bring(api, campaign, contacts[:2])
    settle()
    if beside:
        publish(api, campaign, in_flight="finish")
    # Their ways end where they stand; whoever comes now is not meant.
    publish(api, campaign, settled=False, moves={"long": None, "hello": None})
    put_off(1)
    now = clock.now()
    members.change(segment, add=[contacts[2]], now=now)
    events.record(VISITED, [Fact(contacts[3], now)], now=now)
    assert bring(api, campaign, contacts[4:])["entered"] == [str(contacts[4])]
    settle()
    newest = ok(api.get(f"/api/v1/campaigns/{campaign}"))["published_version"]
    assert places() == {
        **{one: ["long"] for one in contacts[:2]},
        **{one: ["hello"] for one in contacts[2:]},
    }
    put_off(-1)
    settle()
    assert places() == {one: ["long"] for one in contacts[2:]}
    assert in_flight(api, campaign)["versions"] == [{"number": newest, "active": 3}]
    assert figures(api, campaign) == {"hello": {"done": 5}, "long": {"waiting": 3}, "then": {}}
    assert totals(contacts) == [1] * 5


def test_members_being_let_in_when_a_version_is_published_all_enter(api, monkeypatch):
    monkeypatch.setattr(jobs, "CHUNK", 1)
    segment = Segment.objects.create(name="Clients")
    contacts = people(4)
    members.change(segment, add=contacts, now=clock.now())
    settle()
    campaign = run(api, DRAWING, sources=[{"segment": segment.pk}])
    publish(api, campaign)
    assert set(Visit.objects.values_list("contact_id", flat=True)) == set(contacts)
    assert places() == {one: ["long"] for one in contacts}


def test_a_goal_reached_while_others_are_moved_counts(api):
    """Those who finish in the older version, and whose clock stood still, are fitted, too."""
    aiming = graph([LONG, node("goal", "goal", VISITED)], "start>long")
    [early, late] = people(2)
    campaign = run(api, graph([LONG], "start>long"))
    bring(api, campaign, [early])
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    redraw(api, campaign, aiming)
    publish(api, campaign, settled=False, in_flight="finish")
    put_off(1)
    bring(api, campaign, [late])
    settle()
    now = clock.now()
    events.record(VISITED, [Fact(late, now)], now=now)
    settle()
    put_off(-1)
    settle()
    assert figures(api, campaign)["goal"] == {"done": 1, "yes": 1}
    assert set(Step.objects.values_list("contact_id", flat=True)) == {early}
