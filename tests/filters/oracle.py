"""What a filter means, in plain Python: written from the contract, sharing nothing with the SQL."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.filters.histories import remembers
from tests.filters.moments import World, moment, span
from tests.filters.standings import is_standing, stands

NEGATIONS = {
    "is_not": "is",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_matches": "matches",
    "not_in": "in",
    "ne": "eq",
    "not_on": "on",
    "has_none": "has_any",
}
CODES = {"france": "fr", "allemagne": "de", "brazil": "br", "french": "fr", "allemand": "de"}
__all__ = ["Person", "World", "means"]


@dataclass
class Person:
    """A contact as the oracle knows it; missing keys are no value."""

    id: int
    values: dict[str, Any] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    # Type, instant, data and verdict of each.
    events: list[tuple[str, datetime, dict[str, Any], int | None]] = field(default_factory=list)
    segments: set[int] = field(default_factory=set)
    # Deliveries, imports and campaigns.
    remembered: dict[str, Any] = field(default_factory=dict)


def means(tree: dict[str, Any], person: Person, world: World) -> bool:
    """Say whether the filter means the person."""
    if "all" in tree:
        return all(means(part, person, world) for part in tree["all"])
    if "any" in tree:
        return any(means(part, person, world) for part in tree["any"])
    if "none" in tree:
        return not any(means(part, person, world) for part in tree["none"])
    if "segment" in tree:
        inside = bool(person.segments & set(tree["segment"]))
        return inside if tree["op"] == "in" else not inside
    if any(kind in tree for kind in ("delivery", "import", "campaign")):
        return remembers(tree, person.remembered)
    if "event" in tree:
        return _behaved(tree, person, world)
    if is_standing(tree["field"]):
        return stands(tree, person.remembered, person.values.get("email"))
    return _has(tree, person, world)


def _behaved(tree: dict[str, Any], person: Person, world: World) -> bool:
    number = 0
    for kind, at, data, verdict in person.events:
        if kind != tree["event"] or verdict == 3:
            continue
        if "within" in tree and at < world.now - span(tree["within"]):
            continue
        if not all(_said(data, key, value) for key, value in tree.get("where", {}).items()):
            continue
        number += 1
    wanted = tree.get("count", {"op": "gte", "value": 1})
    return _compared(wanted["op"], number, wanted["value"])


def _said(data: dict[str, Any], key: str, wanted: Any) -> bool:
    """Compare as texts: a list means any of its values."""
    values = wanted if isinstance(wanted, list) else [wanted]
    return key in data and str(data[key]) in [str(value) for value in values]


def _has(tree: dict[str, Any], person: Person, world: World) -> bool:
    alias, op = tree["field"], tree["op"]
    value = person.tags if alias == "tags" else person.values.get(alias)
    if op == "is_empty":
        return not value and value not in (0, False)
    if op == "is_not_empty":
        return bool(value) or value in (0, False)
    empty = value is None or value == set()
    if op in NEGATIONS:
        if empty:
            return not tree.get("with_value", False)
        return not _holds(world.types[alias], NEGATIONS[op], value, tree["value"], world)
    return not empty and _holds(world.types[alias], op, value, tree["value"], world)


def _holds(kind: str, op: str, value: Any, wanted: Any, world: World) -> bool:
    if kind == "text":
        return _text(op, value, wanted)
    if kind == "number":
        return _compared(op, Decimal(str(value)), wanted)
    if kind == "time":
        return _compared(op, value, wanted)
    if kind in {"boolean", "reference"}:
        return bool(value in wanted if op == "in" else value == wanted)
    if kind in {"multiselect", "tags"}:
        return _choices(op, value, wanted)
    return moment(kind, op, value, wanted, world)


def _text(op: str, value: str, wanted: Any) -> bool:
    if op == "matches":
        return re.search(wanted, value) is not None
    low = value.lower()
    if op in {"is", "in"}:
        items = [wanted.lower()] if op == "is" else [item.lower() for item in wanted]
        return low in [CODES.get(item, item) for item in items]
    want = wanted.lower()
    return {
        "contains": want in low,
        "starts_with": low.startswith(want),
        "ends_with": low.endswith(want),
    }[op]


def _choices(op: str, value: set[str], wanted: list[str]) -> bool:
    return bool(value & set(wanted)) if op == "has_any" else set(wanted) <= value


def _compared(op: str, value: Any, wanted: Any) -> bool:
    if op == "between":
        return bool(wanted[0] <= value <= wanted[1])
    return {
        "eq": value == wanted,
        "ne": value != wanted,
        "gt": value > wanted,
        "gte": value >= wanted,
        "lt": value < wanted,
        "lte": value <= wanted,
    }[op]
