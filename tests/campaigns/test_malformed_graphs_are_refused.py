"""A graph that cannot run is refused with every problem's place, never with a 500."""

import pytest

from tests.journey import graph, node, points

pytestmark = pytest.mark.django_db
A, B = points("a"), points("b")
DECIDE = node("d", "decision", "shop.visited", within="1h")
ONE = {"id": "a", "kind": "exit"}


def refused(api, drawing):
    answer = api.post("/api/v1/campaigns", {"name": "Bad", "graph": drawing})
    assert answer.status_code == 400, answer.content
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("drawing", "place", "code"),
    [
        ([], "graph", "invalid"),
        ("start", "graph", "invalid"),
        ({"nodes": {}}, "graph.nodes", "invalid"),
        ({"nodes": [1]}, "graph.nodes.0", "invalid"),
        ({"nodes": [], "edges": [], "zoom": 2}, "graph.zoom", "unknown_field"),
        ({"nodes": [{"id": "a", "kind": "magic"}]}, "graph.nodes.0.kind", "invalid"),
        ({"nodes": [{"id": ["a"], "kind": []}]}, "graph.nodes.0.kind", "invalid"),
        ({"nodes": [{"id": "start", "kind": "exit"}]}, "graph.nodes.0.id", "invalid"),
        ({"nodes": [{"id": "é", "kind": "exit"}]}, "graph.nodes.0.id", "invalid"),
        ({"nodes": [{**A, "colour": "red"}]}, "graph.nodes.0.colour", "unknown_field"),
        ({"nodes": [{**A, "position": {"x": "1"}}]}, "graph.nodes.0.position", "invalid"),
        ({"nodes": [{**A, "note": ["x"]}]}, "graph.nodes.0.note", "invalid"),
        ({"nodes": [{**A, "note": "x" * 501}]}, "graph.nodes.0.note", "invalid"),
        ({"nodes": [{**A, "config": []}]}, "graph.nodes.0.config", "invalid"),
        ({"nodes": [ONE, ONE]}, "graph.nodes.1.id", "duplicate"),
        ({"nodes": [ONE], "edges": [{"from": "start"}]}, "graph.edges.0.to", "invalid"),
        (graph([A], "start>b"), "graph.edges.0.to", "unknown_node"),
        (graph([A], "start>a", "z>a"), "graph.edges.1.from", "unknown_node"),
        (graph([A], "start>a", "start>a"), "graph.edges.1", "duplicate"),
        (graph([A, B], "start>a", "a:yes>b"), "graph.edges.1.branch", "invalid_branch"),
        (graph([DECIDE, B], "start>d", "d>b"), "graph.edges.1.branch", "invalid_branch"),
        (graph([A, B], "start>a"), "graph.nodes.1", "unreachable"),
        (graph([A, B], "a>b"), "graph.edges", "no_start"),
        (graph([A, B], "start>a", "a>b", "b>a"), "graph.nodes.0", "cycle"),
        (graph([], "start>a"), "graph.edges.0.to", "unknown_node"),
        (graph([node("a", "action", "x.y")], "start>a"), "graph.nodes.0.key", "unknown_action"),
        (graph([points("a", 0)], "start>a"), "graph.nodes.0.config.delta", "zero"),
        (graph([node("a", "action", "points.adjust")], "start>a"), "graph.nodes.0.config.delta",
         "required"),
        (graph([node("a", "condition")], "start>a"), "graph.nodes.0.config.filter", "required"),
        (graph([node("a", "condition", filter={"all": []})], "start>a"),
         "graph.nodes.0.config.filter.all", "empty_group"),
        (graph([node("a", "decision", "Bad Key")], "start>a"), "graph.nodes.0.key",
         "unknown_event"),
        (graph([node("a", "decision", "emails.opened", emial=1)], "start>a"),
         "graph.nodes.0.config.emial", "unknown_field"),
        (graph([node("a", "decision", "emails.opened", email="x")], "start>a"),
         "graph.nodes.0.config.email", "invalid"),
        (graph([node("a", "decision", "emails.opened", email=-1)], "start>a"),
         "graph.nodes.0.config.email", "invalid"),
        (graph([node("a", "decision", "shop.visited", within="soon")], "start>a"),
         "graph.nodes.0.config.within", "invalid_duration"),
        (graph([node("a", "decision", "shop.visited", since="ever")], "start>a"),
         "graph.nodes.0.config.since", "invalid"),
        (graph([node("a", "decision", "shop.visited", where={"x": {}})], "start>a"),
         "graph.nodes.0.config.where.x", "invalid"),
        (graph([node("a", "wait")], "start>a"), "graph.nodes.0.config", "required"),
        (graph([node("a", "wait", **{"for": 10})], "start>a"), "graph.nodes.0.config.for",
         "invalid_duration"),
        (graph([node("a", "wait", until={"date": "2026-11-22T10:00:00"})], "start>a"),
         "graph.nodes.0.config.until.date", "invalid_instant"),
        (graph([node("a", "wait", until={"date": "9999-12-31T23:59:59Z"})], "start>a"),
         "graph.nodes.0.config.until.date", "out_of_range"),
        (graph([node("a", "wait", until={"field": "city"})], "start>a"),
         "graph.nodes.0.config.until.field", "unknown_date"),
        (graph([node("a", "wait", until={"weekdays": [0]})], "start>a"),
         "graph.nodes.0.config.until.weekdays", "invalid"),
        (
            graph([node("a", "wait", until={"from": "09:00", "to": "09:00:00"})], "start>a"),
            "graph.nodes.0.config.until.to",
            "invalid",
        ),
        (graph([node("a", "wait", until={"from": "25:00"})], "start>a"),
         "graph.nodes.0.config.until.from", "invalid"),
        (graph([node("a", "split", weights={"a": 1})], "start>a"),
         "graph.nodes.0.config.weights", "invalid"),
        (graph([node("a", "jump", to="b")], "start>a"), "graph.nodes.0.config.to",
         "unknown_node"),
        (graph([node("a", "goal")], "start>a"), "graph.nodes.0.config.filter", "required"),
        (graph([node("a", "goal", "shop.bought", within="1h")], "start>a"),
         "graph.nodes.0.config.within", "unknown_field"),
        (graph([node("a", "jump", to="a")], "start>a"), "graph.nodes.0.config.to", "cycle"),
        (graph([node("a", "decision", "emails.forgotten")], "start>a"), "graph.nodes.0.key",
         "unknown_event"),
        (graph([node("a", "split", branches=[{"label": "x"}, {"label": "y"}])], "start>a"),
         "graph.nodes.0.config.branches.0.filter", "required"),
        (graph([node("a", "split", branches=[{"label": "x"}], weights={})], "start>a"),
         "graph.nodes.0.config.weights", "invalid"),
        (graph([node("a", "exit", reason="x")], "start>a"), "graph.nodes.0.config.reason",
         "unknown_field"),
    ],
)  # fmt: skip
def test_the_place_and_the_kind_of_problem_are_named(api, drawing, place, code):
    assert (place, code) in refused(api, drawing)


def test_all_problems_are_named_at_once(api):
    drawing = graph([points("a", 0), node("b", "wait", **{"for": "x"})], "start>a", "a>b")
    assert {place for place, _code in refused(api, drawing)} == {
        "graph.nodes.0.config.delta",
        "graph.nodes.1.config.for",
    }


def test_a_huge_graph_is_refused(api):
    nodes = [{"id": f"n{number}", "kind": "exit"} for number in range(501)]
    assert ("graph.nodes", "too_many") in refused(api, {"nodes": nodes, "edges": []})


def test_nothing_is_half_written(api):
    refused(api, graph([A, B], "start>a"))
    assert api.get("/api/v1/campaigns").json()["results"] == []
