"""The end of a campaign leads into the next; circles stop and tell the operator (REL-24)."""

from datetime import timedelta

import pytest

from campaigns.models import Visit
from kernel.models import ParkedChange
from tests.journey import bring, graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
REST = graph([node("rest", "wait", **{"for": "1h"}), points("then")], "start>rest", "rest>then")


def test_whoever_comes_to_the_end_enters_the_next(api, shift):
    zoe, max_ = people(2)
    first = run(api, REST)
    second = run(api, graph([points("more", 10)], "start>more"), sources=[{"campaign": first}])
    bring(api, first, [zoe, max_])
    settle()
    ok(api.post(f"/api/v1/campaigns/{first}/contacts", {"remove": [max_]}))
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe, max_]) == [11, 0]
    assert statistics(api, second)["contacts"] == 1
    assert Visit.objects.get(campaign=int(second)).source == 3


def test_a_campaign_that_leads_into_another_is_not_deleted(api):
    first = run(api, REST)
    run(api, REST, sources=[{"campaign": first}])
    ok(api.post(f"/api/v1/campaigns/{first}/unpublish"))
    assert api.delete(f"/api/v1/campaigns/{first}").status_code == 409
    unknown = {"name": "X", "sources": [{"campaign": 99_999}]}
    assert api.post("/api/v1/campaigns", unknown).status_code == 400


def circle(api, drawing):
    """Two campaigns, each the other's source."""
    first = run(api, drawing, reentry="always")
    second = run(api, drawing, reentry="always", sources=[{"campaign": first}])
    sources = [{"campaign": second}, {"manual": True}]
    ok(api.patch(f"/api/v1/campaigns/{first}", {"sources": sources}))
    ok(api.post(f"/api/v1/campaigns/{first}/publish"))
    settle()
    return first


def test_a_circle_without_a_wait_stops_at_once_and_tells(api):
    [zoe] = people(1)
    first = circle(api, graph([points("one")], "start>one"))
    bring(api, first, [zoe])
    settle()
    assert 2 <= totals([zoe])[0] <= 10
    told = ParkedChange.objects.get()
    assert told.contacts == [zoe]
    assert "8" in told.error


def test_a_slow_circle_stops_within_a_day_and_tells_once(api, shift):
    [zoe] = people(1)
    drawing = graph([node("rest", "wait", **{"for": "1m"}), points("one")], "start>rest",
                    "rest>one")  # fmt: skip
    first = circle(api, drawing)
    Visit.objects.bulk_create(
        Visit(campaign_id=int(first), contact_id=zoe, version_id=1, number=number, source=0,
              entered_at=now, left_at=now, reason=1)
        for number, now in enumerate([moment(minutes) for minutes in range(99, 1, -1)], 1)
    )  # fmt: skip
    figures_follow(first)
    bring(api, first, [zoe])
    for _minute in range(9):
        settle()
        shift(timedelta(minutes=1, seconds=1))
    assert Visit.objects.filter(campaign=int(first)).count() == 100
    assert ParkedChange.objects.count() == 1
    assert "100" in ParkedChange.objects.get().error
    shift(timedelta(days=2))
    assert bring(api, first, [zoe])["entered"] == [str(zoe)]


def moment(minutes):
    from kernel import clock

    return clock.now() - timedelta(minutes=minutes)


def figures_follow(campaign):
    """Count the visits made above, as the invariants want it."""
    from campaigns.models import CampaignNode
    from campaigns.services import figures
    from kernel import clock

    start = CampaignNode.objects.get(campaign=int(campaign), name="start").pk
    tally = figures.Tally(clock.now())
    tally.add(start, 1, done=98, yes=1)
    tally.write()
