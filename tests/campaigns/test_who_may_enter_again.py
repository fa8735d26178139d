"""REL-19: coming and going, at every boundary of the way, under every rule.

A contact enters by a segment, is moved to a boundary, leaves the segment and comes back.
"""

from datetime import timedelta

import pytest

from campaigns.models import Visit
from contacts.models import ContactState
from kernel import clock
from segments.models import Segment
from segments.services import members
from tests.journey import bring, graph, node, ok, people, points, run, statistics
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAY = graph(
    [points("first", 1), node("rest", "wait", **{"for": "1h"}), points("last", 10)],
    "start>first",
    "first>rest",
    "rest>last",
)
# (rule, on leaving, where it left) → visits in all, one under way, points after another 2 hours.
TABLE = {
    ("once", "exit", "before"): (1, False, 0),
    ("once", "exit", "waiting"): (1, False, 1),
    ("once", "exit", "finished"): (1, False, 11),
    ("once", "continue", "before"): (1, True, 11),
    ("once", "continue", "waiting"): (1, True, 11),
    ("once", "continue", "finished"): (1, False, 11),
    ("after_leaving", "exit", "before"): (2, True, 11),
    ("after_leaving", "exit", "waiting"): (2, True, 12),
    ("after_leaving", "exit", "finished"): (2, True, 22),
    ("after_leaving", "continue", "before"): (1, True, 11),
    ("after_leaving", "continue", "waiting"): (1, True, 11),
    ("after_leaving", "continue", "finished"): (2, True, 22),
    ("always", "exit", "before"): (2, True, 11),
    ("always", "exit", "waiting"): (2, True, 12),
    ("always", "exit", "finished"): (2, True, 22),
    ("always", "continue", "before"): (2, True, 11),
    ("always", "continue", "waiting"): (2, True, 12),
    ("always", "continue", "finished"): (2, True, 22),
}


def dispatch():
    """Let the change sets be heard, and nobody move."""
    from kernel.dispatcher import Dispatcher

    dispatcher = Dispatcher()
    while dispatcher.round(clock.now()):
        dispatcher.forget()


@pytest.mark.parametrize(("reentry", "on_leave", "boundary"), TABLE)
def test_the_documented_table_holds(api, shift, reentry, on_leave, boundary):
    segment = Segment.objects.create(name="Clients")
    [zoe] = people(1)
    campaign = run(api, WAY, sources=[{"segment": segment.pk}], reentry=reentry, on_leave=on_leave)
    settle()
    members.change(segment, add=[zoe], now=clock.now())
    if boundary == "before":
        dispatch()
    else:
        settle()
    if boundary == "finished":
        shift(timedelta(hours=2))
        settle()
    members.change(segment, remove=[zoe], now=clock.now())
    dispatch()
    members.change(segment, add=[zoe], now=clock.now())
    settle()
    visits = Visit.objects.filter(campaign=int(campaign), contact_id=zoe)
    found = visits.count(), visits.filter(left_at=None).exists()
    shift(timedelta(hours=2))
    settle()
    expected = TABLE[reentry, on_leave, boundary]
    assert (*found, ContactState.objects.get(contact=zoe).points) == expected
    assert statistics(api, campaign)["visits"] == expected[0]


@pytest.mark.parametrize("reentry", ["once", "after_leaving", "always"])
@pytest.mark.parametrize("days", [1, 4])
def test_a_cool_down_keeps_the_door_shut(api, shift, reentry, days):
    [zoe] = people(1)
    campaign = run(api, graph([points("a")], "start>a"), reentry=reentry, cooldown="3d")
    bring(api, campaign, [zoe])
    settle()
    shift(timedelta(days=days))
    entered = bring(api, campaign, [zoe])["entered"]
    assert bool(entered) == (reentry != "once" and days == 4)


def test_who_came_by_hand_stays_when_leaving_the_segment(api):
    segment = Segment.objects.create(name="Clients")
    [zoe] = people(1)
    campaign = run(api, WAY, sources=[{"segment": segment.pk}, {"manual": True}])
    bring(api, campaign, [zoe])
    members.change(segment, add=[zoe], now=clock.now())
    settle()
    members.change(segment, remove=[zoe], now=clock.now())
    settle()
    assert statistics(api, campaign)["active"] == 1


def test_who_is_still_in_another_source_segment_stays(api):
    one, two = (Segment.objects.create(name=name) for name in ("One", "Two"))
    [zoe] = people(1)
    campaign = run(api, WAY, sources=[{"segment": one.pk}, {"segment": two.pk}])
    for segment in (one, two):
        members.change(segment, add=[zoe], now=clock.now())
    settle()
    members.change(one, remove=[zoe], now=clock.now())
    settle()
    assert statistics(api, campaign)["active"] == 1
    members.change(two, remove=[zoe], now=clock.now())
    settle()
    assert statistics(api, campaign)["active"] == 0


def test_members_at_publication_come_in_and_later_ones_follow(api):
    segment = Segment.objects.create(name="Clients")
    early, late = people(2)
    members.change(segment, add=[early], now=clock.now())
    campaign = run(api, WAY, sources=[{"segment": segment.pk}])
    settle()
    assert statistics(api, campaign)["contacts"] == 1
    members.change(segment, add=[late], now=clock.now())
    settle()
    assert statistics(api, campaign)["contacts"] == 2
    ok(api.post(f"/api/v1/campaigns/{campaign}/contacts", {"remove": [early, late]}))
    assert statistics(api, campaign)["active"] == 0
