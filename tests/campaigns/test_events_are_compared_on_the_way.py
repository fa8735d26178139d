"""Sources, decisions and goals compare what events hold, but by no regular expression."""

import pytest

from kernel import clock, events
from kernel.events import Fact
from tests.journey import bring, deciding, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
CAMPAIGNS = "/api/v1/campaigns"


def happen(contact, key, **data):
    now = clock.now()
    events.record(key, [Fact(contact, now, data=data)], now=now)
    settle()


def test_a_source_a_decision_and_a_goal_compare(api):
    zoe, max_ = people(2)
    drawing = graph(
        [
            points("first"),
            node("asked", "decision", "pages.viewed", url={"op": "contains", "value": "/Prices"}),
            node("rest", "wait", **{"for": "9d"}),
            node("won", "goal", "orders.placed", amount={"op": "gte", "value": 100}),
            points("thanks", 100),
        ],
        "start>first",
        "first>asked",
        "asked:yes>rest",
        "won>thanks",
    )
    source = {"event": "shop.visited", "where": {"page": {"op": "not_starts_with", "value": "b"}}}
    campaign = run(api, drawing, sources=[source])
    for contact, page in ((zoe, "Blog"), (max_, "Offer")):
        happen(contact, "shop.visited", page=page)
    assert totals([zoe, max_]) == [0, 1]
    happen(max_, "pages.viewed", url="https://example.com/home")
    assert figures(api, campaign)["rest"] == {}
    happen(max_, "pages.viewed", url="https://example.com/prices?x=1")
    assert figures(api, campaign)["rest"] == {"waiting": 1}
    happen(max_, "orders.placed", order="1", amount="99.99", currency="EUR")
    assert totals([max_]) == [1]
    happen(max_, "orders.placed", order="2", amount="100", currency="EUR")
    assert totals([max_]) == [101]


def test_a_decision_looks_back_with_comparisons_too(api):
    [zoe] = people(1)
    campaign = run(api, deciding(where={"page": {"op": "ends_with", "value": "ER"}}, since="visit"))
    bring(api, campaign, [zoe])
    happen(zoe, "shop.visited", page="offer")
    assert totals([zoe]) == [11]


@pytest.mark.parametrize(
    ("config", "field", "code"),
    [
        ({"url": {"op": "matches", "value": "x"}}, "url.op", "invalid_operator"),
        ({"url": {"op": "not_matches", "value": "x"}}, "url.op", "invalid_operator"),
        ({"url": {"op": "gte", "value": 5}}, "url.op", "invalid_operator"),
        ({"url": {"op": "contains", "value": ""}}, "url.value", "required"),
        ({"seconds": {"op": "gte", "value": "x"}}, "seconds.value", "invalid"),
        ({"seconds": "long"}, "seconds", "invalid"),
        ({"url": {}}, "url", "invalid"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_place(api, config, field, code):
    for kind in ("decision", "goal"):
        drawing = graph([node("a", kind, "pages.stayed", **config)], "start>a")
        answer = api.post(CAMPAIGNS, {"name": "x", "graph": drawing})
        assert answer.status_code == 400, answer.content
        errors = [(error["field"], error["code"]) for error in answer.json()["errors"]]
        assert (f"graph.nodes.0.config.{field}", code) in errors
    body = {"name": "x", "sources": [{"event": "pages.stayed", "where": config}]}
    [error] = api.post(CAMPAIGNS, body).json()["errors"]
    assert (error["field"], error["code"]) == (f"sources.0.where.{field}", code)


def test_who_entered_or_finished_is_found(api):
    zoe, max_, eve = people(3)
    campaign = run(api, graph([node("rest", "wait", **{"for": "1d"})], "start>rest"))
    short = run(api, graph([points("a")], "start>a"))
    bring(api, campaign, [zoe])
    bring(api, short, [max_])
    settle()
    both = [int(campaign), int(short)]

    def found(op):
        body = {"filter": {"campaign": both, "op": op}, "sort": "id"}
        rows = ok(api.post("/api/v1/contacts/search", body))["results"]
        return {int(row["id"]) for row in rows}

    assert found("in") == {zoe}
    assert found("entered") == {zoe, max_}
    assert found("not_entered") == {eve}
    assert found("finished") == {max_}
    assert found("not_finished") == {zoe, eve}
