"""Reads the JSON of a filter into a tree of groups and conditions, refusing all that is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kernel.exchanging import lacks
from kernel.filters import restoring
from kernel.filters.contract import GROUPS, ContactFilter, Reading, kinds
from kernel.filters.problems import FilterProblem
from kernel.masking import MASK
from kernel.registry import ConfigProblem, Problem

DEEPEST = 20
MOST_CONDITIONS = 200
MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Group:
    """All of, any of, or none of its parts."""

    kind: str
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Leaf:
    """One condition, with its place in the tree."""

    path: str
    condition: ContactFilter


Node = Group | Leaf


def read(tree: Any, *, user: Any = None, verify: bool = False, at: str = "filter") -> Node:
    """Read a filter; `FilterProblem` lists everything that is wrong, with exact places."""
    verify = verify and not restoring.is_exempt(tree)
    reader = _Reader(Reading(user, verify=verify))
    node = reader.node(tree, at, 1)
    if reader.problems or node is None:
        raise FilterProblem(reader.problems[:MOST_PROBLEMS])
    return node


def leaves(node: Node) -> Iterator[Leaf]:
    """Walk the conditions of a tree, in the order they were written."""
    if isinstance(node, Leaf):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


@dataclass
class _Reader:
    reading: Reading
    problems: list[Problem] = field(default_factory=list)
    conditions: int = 0

    def node(self, value: Any, path: str, depth: int) -> Node | None:
        if not isinstance(value, Mapping):
            return self._wrong(path, "invalid", _("A group or a condition is expected."))
        if not value:
            return self._wrong(path, "empty_group", _("A group needs at least one condition."))
        if self.conditions > MOST_CONDITIONS:
            return None
        named = [name for name in GROUPS if name in value]
        if named:
            return self._group(value, named[0], path, depth)
        return self._condition(value, path)

    def _group(self, value: Mapping[str, Any], kind: str, path: str, depth: int) -> Node | None:
        self._strangers(value, {kind}, path)
        inner = f"{path}.{kind}"
        if depth > DEEPEST:
            message = _("Groups nest at most %(count)s deep.") % {"count": DEEPEST}
            return self._wrong(inner, "too_deep", message)
        parts = value[kind]
        if not isinstance(parts, list):
            return self._wrong(inner, "invalid", _("A list of conditions is expected."))
        if not parts:
            return self._wrong(inner, "empty_group", _("A group needs at least one condition."))
        nodes = [self.node(part, f"{inner}.{place}", depth + 1) for place, part in enumerate(parts)]
        return Group(kind, tuple(node for node in nodes if node is not None))

    def _condition(self, value: Mapping[str, Any], path: str) -> Node | None:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            message = _("A filter has at most %(count)s conditions.") % {"count": MOST_CONDITIONS}
            return self._wrong(path, "too_many", message)
        kind = next((kind for name, kind in kinds() if name in value), None)
        if kind is None:
            if MASK in value:
                self._wrong(path, "hidden", restoring.refused())
            else:
                self._strangers(value, set(), path)
            return None
        self._strangers(value, kind.keys, path)
        if self.reading.verify and lacks(value):
            return self._wrong(path, "not_found", _("This names what is not here."))
        try:
            return Leaf(path, kind.read(value, self.reading))
        except ConfigProblem as problem:
            for error in problem.problems:
                place = f"{path}.{error['field']}" if error["field"] else path
                self._wrong(place, error["code"], error["message"])
        return None

    def _strangers(
        self, value: Mapping[str, Any], known: set[str] | frozenset[str], path: str
    ) -> None:
        for key in value:
            if key not in known:
                self._wrong(f"{path}.{key}"[:300], "unknown_field", _("This key is not known."))

    def _wrong(self, path: str, code: str, message: str) -> Node | None:
        self.problems.append({"field": path, "code": code, "message": message})
        return None
