"""A campaign's settings with other objects named in them, such as those of another workspace."""

from collections.abc import Mapping
from typing import Any

from campaigns.graph import decisions, timed
from kernel import filters
from kernel.actions import contact_actions
from kernel.exchanging import Exchange, exchanged, lacks
from kernel.filters.event_settings import exchanged_where

Json = dict[str, Any]
# Sources that name an object, and of which kind.
NAMED = {"segment": "segment", "campaign": "campaign", "trigger": "point_trigger"}


def exchanged_graph(graph: Mapping[str, Any], exchange: Exchange) -> Json:
    """Return the graph as `exchange` names things; what is half written stays as it is."""
    return {**graph, "nodes": [exchanged_step(node, exchange) for node in graph.get("nodes", ())]}


def exchanged_sources(sources: list[Json], exchange: Exchange) -> list[Json]:
    """Return the sources that still name something."""
    found = [_source(source, exchange) for source in sources]
    return [source for source in found if source]


def exchanged_step(node: Json, exchange: Exchange) -> Json:
    """Return a step as `exchange` names things."""
    config, key = node.get("config", {}), node.get("key", "")
    if node["kind"] == "action":
        action = contact_actions.get(key)
        return {**node, "config": action.exchanged(config, exchange)} if action else node
    if node["kind"] in ("decision", "goal") and key:
        return {**node, "config": _about(key, config, exchange)}
    if "filter" in config:
        tree = filters.exchanged(config["filter"], exchange)
        return {**node, "config": {**config, "filter": tree}}
    if "branches" in config:
        branches = [_branch(branch, exchange) for branch in config["branches"]]
        return {**node, "config": {**config, "branches": branches}}
    return node


def _branch(branch: Json, exchange: Exchange) -> Json:
    if "filter" not in branch:
        return branch
    return {**branch, "filter": filters.exchanged(branch["filter"], exchange)}


def _about(key: str, config: Json, exchange: Exchange) -> Json:
    """Exchange what an event is about, wherever in the settings it stands."""
    flat = {name: value for name, value in config.items() if name not in decisions.OWN}
    own = {name: value for name, value in config.items() if name in decisions.OWN}
    if "where" in own:
        own["where"] = exchanged_where(key, own["where"], exchange)
    return {**own, **exchanged_where(key, flat, exchange)}


def _source(source: Json, exchange: Exchange) -> Json:
    key = source.get("event")
    if isinstance(key, str):
        where = exchanged_where(key, source.get("where", {}), exchange)
        return {} if lacks(where) else {**source, "where": where}
    # Fields go by their aliases, here as there.
    if timed.is_missing(source):
        return {}
    found = {
        name: exchanged(NAMED[name], value, exchange) if name in NAMED else value
        for name, value in source.items()
    }
    return {} if None in found.values() else found
