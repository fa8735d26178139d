"""A campaign's settings as answers show them: ids are strings, however they were written."""

from collections.abc import Mapping
from typing import Any

from campaigns.graph import decisions, timed
from kernel.actions import contact_actions

Json = dict[str, Any]


def shown_graph(graph: Mapping[str, Any]) -> Json:
    """Return the graph with ids as strings; filters stay as they were written."""
    return {**graph, "nodes": [_readable(node) for node in graph.get("nodes", ())]}


def shown_sources(sources: list[Json]) -> list[Json]:
    """Return the sources with ids as strings."""
    return [_source(source) for source in sources]


def _readable(node: Json) -> Json:
    """Show a step; one that is half written stays as it was."""
    try:
        return _node(node)
    except (AttributeError, KeyError, TypeError, ValueError):
        return node


def _node(node: Json) -> Json:
    config, key = node.get("config", {}), node.get("key", "")
    if node["kind"] == "action":
        action = contact_actions.get(key)
        named = {number for _kind, number in action(config).uses()} if action else set[int]()
        return {**node, "config": {name: _ids(value, named) for name, value in config.items()}}
    if node["kind"] in ("decision", "goal") and key:
        return {**node, "config": _about(key, config)}
    return node


def _source(source: Json) -> Json:
    if "event" in source:
        return _about(source["event"], source)
    if timed.kind_of(source):
        return source
    return {name: value if value is True else str(value) for name, value in source.items()}


def _about(key: str, config: Json) -> Json:
    """Show the ids of the objects an event is about."""
    about = decisions.subject(key, decisions.conditions(config))
    if about is None:
        return config
    kind, named = about[0], set(about[1])
    where = config.get("where", {})
    found = {name: _ids(value, named) if name == kind else value for name, value in config.items()}
    if kind in where:
        found["where"] = {**where, kind: _ids(where[kind], named)}
    return found


def _ids(value: Any, named: set[int]) -> Any:
    if isinstance(value, list):
        return [_ids(item, named) for item in value]
    return str(value) if type(value) is int and value in named else value
