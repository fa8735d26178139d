"""Look a half-drawn graph over: what can be read is kept, what is wrong is told by step."""

from typing import Any

from campaigns.graph import schema
from campaigns.graph.problems import Problems
from campaigns.graph.settings import clean_settings
from campaigns.graph.shape import check_shape
from kernel.registry import ConfigProblem, Problem

Json = dict[str, Any]
# Their settings name branches and targets: unreadable, they say nothing about connections.
_SHAPING = frozenset({"split", "jump"})


def survey(graph: object, *, user: Any = None) -> tuple[Json, list[Problem]]:
    """Return the graph as a draft keeps it, and every problem that stands against running it.

    Settings that can be taken are made ready, others stay as they were written. What is no graph
    at all is refused.
    """
    problems = Problems("graph", user=user)
    nodes, edges = schema.read(graph, problems)
    kept, unsure = [], False
    for number, node in enumerate(nodes):
        before = len(problems.found)
        config = clean_settings(node, problems.at("nodes", number))
        taken = len(problems.found) == before
        kept.append({**node, "config": config if taken else node["config"]})
        unsure = unsure or (not taken and node["kind"] in _SHAPING)
    if not unsure:
        problems.found += _shape(kept, edges, user)
    found = [_with_step(problem, nodes, edges) for problem in problems.found]
    return {"nodes": kept, "edges": edges}, found


def _shape(nodes: list[Json], edges: list[Json], user: Any) -> list[Problem]:
    problems = Problems("graph", user=user)
    try:
        check_shape(nodes, edges, problems)
    except ConfigProblem as refused:
        return refused.problems
    return []


def _with_step(problem: Problem, nodes: list[Json], edges: list[Json]) -> Problem:
    """Name the step a problem belongs to, and where in its settings it lies."""
    _graph, kind, *rest = [*problem["field"].split("."), ""]
    if kind not in ("nodes", "edges") or not rest[0].isdigit():
        return {**problem, "step": "", "place": ""}
    number, place = int(rest[0]), [part for part in rest[1:] if part]
    step = nodes[number]["id"] if kind == "nodes" else edges[number]["from"]
    inside = place[1:] if place[:1] == ["config"] else place
    return {**problem, "step": step, "place": ".".join(inside) if kind == "nodes" else ""}
