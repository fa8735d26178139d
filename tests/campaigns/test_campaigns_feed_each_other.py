"""Campaigns that react to each other, and what the rest of the product sees of them."""

import pytest

from campaigns.models import LeftFor, Visit
from contacts.services import erase, merge
from kernel import clock, filters
from kernel.models import Event
from segments.models import Segment
from segments.services import members
from tests.journey import bring, figures, graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
REST = graph([node("rest", "wait", **{"for": "1d"}), points("then")], "start>rest", "rest>then")


def test_two_campaigns_that_feed_each_other_stop_at_a_limit(api, caplog):
    one, two = (Segment.objects.create(name=name) for name in ("One", "Two"))
    [zoe] = people(1)
    for here, there in ((one, two), (two, one)):
        change = {"add": [there.pk], "remove": [here.pk]}
        drawing = graph(
            [points(f"p{here.pk}"), node("pass", "action", "segments.change", **change)],
            f"start>p{here.pk}",
            f"p{here.pk}>pass",
        )
        run(api, drawing, sources=[{"segment": here.pk}], reentry="always", on_leave="continue")
    settle()
    members.change(one, add=[zoe], now=clock.now())
    settle()
    assert 2 <= totals([zoe])[0] <= 9
    assert "Reactions stopped" in caplog.text


def test_a_condition_and_a_segment_may_ask_who_is_on_the_way(api):
    inside, outside = people(2)
    campaign = run(api, REST)
    bring(api, campaign, [inside])
    settle()
    tree = {"all": [{"campaign": [int(campaign)], "op": "in"}]}
    assert filters.matching(tree, [inside, outside], clock.now()) == {inside}
    assert filters.count(tree, clock.now()).count == 1
    other = {"all": [{"campaign": int(campaign), "op": "not_in"}]}
    assert filters.matching(other, [inside, outside], clock.now()) == {outside}
    answer = api.post(
        "/api/v1/segments/count", {"filter": {"all": [{"campaign": 9_999, "op": "in"}]}}
    )
    assert answer.status_code == 400


def test_entering_and_leaving_are_events_of_the_contact(api):
    [zoe] = people(1)
    campaign = run(api, graph([points("a")], "start>a"))
    bring(api, campaign, [zoe])
    settle()
    told = ok(api.get("/api/v1/events", {"contact": zoe}))["results"]
    found = {(event["type"], event["subject"] and event["subject"]["name"]) for event in told}
    assert found >= {("campaigns.entered", "Journey"), ("campaigns.left", "Journey")}


def test_what_a_campaign_names_is_not_deleted(api):
    segment = Segment.objects.create(name="Clients")
    run(api, REST, sources=[{"segment": segment.pk}])
    assert api.delete(f"/api/v1/segments/{segment.pk}").status_code == 409


def test_a_merged_contact_goes_one_way(api):
    winner, loser, third = people(3)
    both, only = run(api, REST), run(api, REST)
    bring(api, both, [winner, loser, third])
    bring(api, only, [loser])
    settle()
    merge.merge(winner, loser, clock.now())
    settle()
    assert list(
        Visit.objects.filter(campaign=int(both), contact_id=winner)
        .order_by("number")
        .values_list("number", "reason")
    ) == [(1, None), (2, LeftFor.MERGED)]
    assert Visit.objects.get(campaign=int(only)).contact_id == winner
    assert statistics(api, both)["active"] == 2


def test_a_forgotten_person_leaves_figures_and_no_name(api):
    zoe, max_ = people(2)
    campaign = run(api, graph([points("a"), node("rest", "wait", **{"for": "1d"})],
                              "start>a", "a>rest"))  # fmt: skip
    bring(api, campaign, [zoe, max_])
    settle()
    erase.erase(zoe, clock.now())
    assert figures(api, campaign) == {"a": {"done": 2}, "rest": {"waiting": 1}}
    assert statistics(api, campaign)["contacts"] == 2
    assert not Visit.objects.filter(contact_id=zoe).exists()
    assert not Event.objects.filter(contact_id=zoe, occurred_at__lte=clock.now()).exists()
    behind = ok(api.get(f"/api/v1/campaigns/{campaign}/nodes/a/contacts"))["results"]
    assert [row["contact"] for row in behind] == [str(max_)]


def test_the_contacts_behind_each_figure_come_by_pages(api):
    contacts = people(5)
    french = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    campaign = run(api, graph([node("a", "condition", filter=french)], "start>a"))
    bring(api, campaign, contacts)
    settle()
    seen, cursor = [], None
    while True:
        query = {"figure": "no", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = ok(api.get(f"/api/v1/campaigns/{campaign}/nodes/a/contacts", query))
        seen += [int(row["contact"]) for row in page["results"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(seen) == contacts[::2]
    wrong = api.get(f"/api/v1/campaigns/{campaign}/nodes/a/contacts", {"figure": "many"})
    assert wrong.status_code == 400
