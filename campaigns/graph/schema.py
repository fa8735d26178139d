"""The graph as JSON: known keys, types and sizes, before anybody asks what it means."""

import math
import re
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.problems import Problems

KINDS = ("action", "condition", "decision", "wait", "split", "jump", "goal", "exit")
START = "start"
# A campaign may be made with its name alone and drawn afterwards.
EMPTY: dict[str, Any] = {"nodes": [], "edges": []}
LARGEST = {"nodes": 500, "edges": 2_000}
# How long a note on a step may be.
NOTE = 500
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NODE_KEYS = frozenset({"id", "kind", "key", "config", "position", "note"})
_EDGE_KEYS = frozenset({"from", "to", "branch"})
Json = dict[str, Any]


def read(graph: object, problems: Problems) -> tuple[list[Json], list[Json]]:
    """Return nodes and edges in their full form; what cannot be read is noted and refused."""
    if not isinstance(graph, dict):
        problems.add("invalid", _("An object is expected."))
        problems.finish()
        return [], []
    _known(graph, frozenset(LARGEST), problems)
    nodes = [
        _node(item, problems.at("nodes", place))
        for place, item in enumerate(_list(graph, "nodes", problems))
    ]
    edges = [
        _edge(item, problems.at("edges", place))
        for place, item in enumerate(_list(graph, "edges", problems))
    ]
    problems.finish()
    _once(nodes, edges, problems)
    problems.finish()
    return nodes, edges


def _list(graph: Json, name: str, problems: Problems) -> list[object]:
    items = graph.get(name, [])
    here = problems.at(name)
    if not isinstance(items, list):
        here.add("invalid", _("A list is expected."))
        return []
    if len(items) > LARGEST[name]:
        here.add("too_many", _("At most %(number)d are possible.") % {"number": LARGEST[name]})
        return []
    return items


def _known(item: Json, keys: frozenset[str], problems: Problems) -> None:
    for key in item:
        if key not in keys:
            problems.at(str(key)[:80]).add("unknown_field", _("This key is not known."))


def _node(item: object, problems: Problems) -> Json:
    if not isinstance(item, dict):
        problems.add("invalid", _("An object is expected."))
        return {}
    _known(item, _NODE_KEYS, problems)
    if not _is_name(item.get("id")) or item["id"] == START:
        message = _("An id has up to 64 letters, digits, - and _, and is not “start”.")
        problems.at("id").add("invalid", message)
    if item.get("kind") not in KINDS:
        problems.at("kind").add("invalid", _("This kind of step is not known."))
    if not isinstance(item.get("key", ""), str):
        problems.at("key").add("invalid", _("A text is expected."))
    if not isinstance(item.get("config", {}), dict):
        problems.at("config").add("invalid", _("An object is expected."))
    if not isinstance(item.get("note", ""), str) or len(item.get("note", "")) > NOTE:
        message = _("A text of at most %(number)d characters is expected.") % {"number": NOTE}
        problems.at("note").add("invalid", message)
    if "position" in item and not _is_position(item["position"]):
        problems.at("position").add("invalid", _("Two numbers, x and y, are expected."))
    return {"config": {}, **item}


def _edge(item: object, problems: Problems) -> Json:
    if not isinstance(item, dict):
        problems.add("invalid", _("An object is expected."))
        return {}
    _known(item, _EDGE_KEYS, problems)
    for end in ("from", "to"):
        if not _is_name(item.get(end)):
            problems.at(end).add("invalid", _("The id of a step is expected."))
    branch = item.get("branch", "next")
    if not isinstance(branch, str) or not 0 < len(branch) <= 64:
        problems.at("branch").add("invalid", _("The name of a branch is expected."))
    return {**item, "branch": branch}


def _is_name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _is_position(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"x", "y"}
        and all(
            isinstance(n, int | float)
            and not isinstance(n, bool)
            and math.isfinite(n)
            and abs(n) < 1e9
            for n in value.values()
        )
    )


def _once(nodes: list[Json], edges: list[Json], problems: Problems) -> None:
    """Note ids and edges that stand twice."""
    names: set[str] = set()
    for place, node in enumerate(nodes):
        if node["id"] in names:
            problems.at("nodes", place, "id").add("duplicate", _("This id is given twice."))
        names.add(node["id"])
    seen: set[tuple[str, str, str]] = set()
    for place, edge in enumerate(edges):
        key = (edge["from"], edge["to"], edge["branch"])
        if key in seen:
            problems.at("edges", place).add("duplicate", _("This connection is given twice."))
        seen.add(key)
