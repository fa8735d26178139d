"""Compiles a tree into one predicate, and finds whom time alone may have moved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from kernel.filters import joins
from kernel.filters.contract import Mode
from kernel.filters.pieces import Sql, When, columns, joined, moments, render
from kernel.filters.tree import Leaf, Node, leaves, read
from kernel.zone import READ as ZONE
from kernel.zone import workspace_zone


@dataclass(frozen=True)
class Predicate:
    """A condition over `contact c`, with the joins it needs and the parameters it binds.

    `SELECT c.id FROM contact c {joins} WHERE {sql}` executed with `params`.
    """

    sql: str
    params: list[Any]
    joins: str
    reads: frozenset[str]


def compile(tree: Any, *, now: datetime, mode: str = "set") -> Predicate:
    """Compile a filter; both modes (`set` for everybody, `batch` for a few) mean the same."""
    node = read(tree)
    return predicate(fragment(node, Mode(mode)), reads(node), lambda: present(now))


def predicate(sql: Sql, read_names: set[str], when: Callable[[], When]) -> Predicate:
    """Render a fragment for one execution."""
    text, params = render(sql, cache(when))
    return Predicate(
        text, params, joins.written(c.source for c in columns(sql)), frozenset(read_names)
    )


def present(now: datetime) -> When:
    """Return the instant with the workspace's zone."""
    return When(now, workspace_zone())


def fragment(node: Node, mode: Mode) -> Sql:
    """Write a tree as SQL that is true for the contacts it means; null counts as false."""
    if isinstance(node, Leaf):
        return ("(", *node.condition.predicate(mode), ")")
    parts = [fragment(part, mode) for part in sorted(node.parts, key=cost)]
    if node.kind == "any":
        return ("(", *joined(parts, " OR "), ")")
    if node.kind == "none":
        parts = [(*part, " IS NOT TRUE") for part in parts]
    return ("(", *joined(parts, " AND "), ")")


def cost(node: Node) -> int:
    """Weigh a part, so that what is cheap is asked first."""
    return max(leaf.condition.cost for leaf in leaves(node))


def reads(node: Node) -> set[str]:
    """Name the changes after which the tree must be evaluated again."""
    found = {name for leaf in leaves(node) for name in leaf.condition.reads()}
    if any(moment.zoned for moment in moments(fragment(node, Mode.BATCH))):
        found.add(ZONE)
    return found


def uses(node: Node, kind: str | None = None) -> set[tuple[str, int]]:
    """Name the objects the tree points at, as (kind, id); of others than `kind` it may not."""
    asked = [leaf.condition for leaf in leaves(node) if leaf.condition.points_at(kind)]
    return {use for condition in asked for use in condition.uses()}


def follows_time(node: Node) -> bool:
    """Say whether time alone can move contacts in or out."""
    return any(moment.moves for moment in moments(fragment(node, Mode.SET)))


def edges(node: Node, before: When, after: When) -> Sql | None:
    """Return SQL for whom time alone may have moved in or out; None when nobody."""
    found = [leaf.condition.edges(before, after) for leaf in leaves(node)]
    parts = [("(", *sql, ")") for sql in found if sql is not None]
    return joined(parts, " OR ") if parts else None
