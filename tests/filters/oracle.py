"""What a filter means, in plain Python: written from the contract, sharing nothing with the SQL."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.filters.behaviours import behaved, text_holds
from tests.filters.histories import is_interested, remembers
from tests.filters.moments import World, compared, moment
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
        return remembers(tree, person.remembered, world)
    if "event" in tree:
        return behaved(tree, person, world)
    return _is_so(tree, person, world)


def _is_so(tree: dict[str, Any], person: Person, world: World) -> bool:
    if tree["field"].startswith("interest."):
        return is_interested(tree, person.events, person.remembered["filed"], world)
    if is_standing(tree["field"]):
        return stands(tree, person.remembered, person.values.get("email"))
    return _has(tree, person, world)


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
        return compared(op, Decimal(str(value)), wanted)
    if kind == "time":
        return compared(op, value, wanted)
    if kind in {"boolean", "reference"}:
        return bool(value in wanted if op == "in" else value == wanted)
    if kind in {"multiselect", "tags"}:
        return _choices(op, value, wanted)
    return moment(kind, op, value, wanted, world)


def _text(op: str, value: str, wanted: Any) -> bool:
    if op not in {"is", "in"}:
        return text_holds(op, value, wanted)
    items = [wanted.lower()] if op == "is" else [item.lower() for item in wanted]
    return value.lower() in [CODES.get(item, item) for item in items]


def _choices(op: str, value: set[str], wanted: list[str]) -> bool:
    return bool(value & set(wanted)) if op == "has_any" else set(wanted) <= value
