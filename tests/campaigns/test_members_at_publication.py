"""Which members enter when a campaign is published, again, or within its period only."""

from datetime import timedelta

import pytest

from kernel import clock
from segments.models import Segment
from segments.services import members
from tests.journey import graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAITING = graph([node("rest", "wait", **{"for": "10h"}), points("then")], "start>rest", "rest>then")


def change(api, campaign, **values):
    ok(api.patch(f"/api/v1/campaigns/{campaign}", values))


def publish(api, campaign, **how):
    answer = ok(api.post(f"/api/v1/campaigns/{campaign}/publish", how))
    settle()
    return answer


def unpublish(api, campaign):
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))


def test_members_who_came_meanwhile_enter_only_when_asked_for(api):
    segment = Segment.objects.create(name="Clients")
    early, late = people(2)
    members.change(segment, add=[early], now=clock.now())
    settle()
    campaign = run(api, WAITING, sources=[{"segment": segment.pk}])
    settle()
    unpublish(api, campaign)
    members.change(segment, add=[late], now=clock.now())
    settle()
    publish(api, campaign)
    assert statistics(api, campaign)["contacts"] == 1
    unpublish(api, campaign)
    publish(api, campaign, catch_up=True)
    assert statistics(api, campaign)["contacts"] == 2


def test_a_source_added_later_brings_its_members(api):
    one, two = (Segment.objects.create(name=name) for name in ("One", "Two"))
    first, second = people(2)
    members.change(one, add=[first], now=clock.now())
    members.change(two, add=[second], now=clock.now())
    campaign = run(api, WAITING, sources=[{"segment": one.pk}])
    settle()
    change(api, campaign, sources=[{"segment": one.pk}, {"segment": two.pk}])
    publish(api, campaign)
    assert statistics(api, campaign)["contacts"] == 2


def test_nobody_enters_before_the_beginning_or_after_the_end(api, shift):
    segment = Segment.objects.create(name="Clients")
    zoe, late = people(2)
    members.change(segment, add=[zoe], now=clock.now())
    start, end = (clock.iso(clock.now() + timedelta(days=days)) for days in (1, 2))
    campaign = run(api, WAITING, sources=[{"segment": segment.pk}], start_at=start, end_at=end)
    settle()
    assert statistics(api, campaign)["contacts"] == 0
    shift(timedelta(days=1, minutes=1))
    settle()
    assert statistics(api, campaign)["contacts"] == 1
    shift(timedelta(days=1))
    members.change(segment, add=[late], now=clock.now())
    settle()
    assert statistics(api, campaign)["contacts"] == 1
    assert totals([zoe]) == [1]
