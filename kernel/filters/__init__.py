"""Filters: JSON trees over contacts, checked and compiled to one SQL predicate.

    from kernel import filters

    filters.check(tree, user=user)                  # FilterProblem lists places, as the API does
    filters.matching(tree, ids, now)                # the contacts among `ids`
    filters.count(tree, now)                        # Count(count, exact)
    p = filters.compile(tree, now=now)              # FROM contact c {p.joins} WHERE {p.sql}
    filters.explain(tree, contact, now)             # the tree with `matches`
    filters.sentence(tree)                          # for people
    filters.reads(tree), filters.uses(tree)         # what changes it, what it names

An app adds a kind of condition by a `ContactFilter` in its `plugins.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kernel.exchanging import Exchange
from kernel.filters import compiler
from kernel.filters.compiler import Predicate, compile, present
from kernel.filters.contract import (
    GROUPS,
    ContactFilter,
    Mode,
    Reading,
    contact_filters,
    kinds,
)
from kernel.filters.pieces import Column, Now, Sql, Value, When
from kernel.filters.problems import FilterProblem, refuse
from kernel.filters.questions import Count, count, explain, matching, sample
from kernel.filters.sentences import sentence, sentences
from kernel.filters.tree import DEEPEST, read

__all__ = [
    "Column",
    "ContactFilter",
    "Count",
    "FilterProblem",
    "Mode",
    "Now",
    "Predicate",
    "Reading",
    "Sql",
    "Value",
    "When",
    "check",
    "compile",
    "contact_filters",
    "count",
    "edges",
    "exchanged",
    "explain",
    "matching",
    "present",
    "reads",
    "refuse",
    "sample",
    "sentence",
    "sentences",
    "uses",
]


def check(tree: Any, *, user: Any = None, at: str = "filter") -> None:
    """Refuse a filter that a person wrote and that cannot be taken, naming every place.

    `user` narrows what may be named; `at` is the key the filter stands under in the request.
    """
    read(tree, user=user, verify=True, at=at)


def reads(tree: Any) -> set[str]:
    """Name the changes after which the filter must be evaluated again."""
    return compiler.reads(read(tree))


def exchanged(tree: Any, exchange: Exchange, depth: int = 1) -> Any:
    """Return a filter that names other objects; what is no filter is refused later."""
    if not isinstance(tree, Mapping) or depth > DEEPEST:
        return tree
    if group := next((name for name in GROUPS if isinstance(tree.get(name), list)), None):
        return {**tree, group: [exchanged(part, exchange, depth + 1) for part in tree[group]]}
    kind = next((kind for name, kind in kinds() if name in tree), None)
    return kind.exchanged(tree, exchange) if kind else tree


def uses(tree: Any, kind: str | None = None) -> set[tuple[str, int]]:
    """Name the objects the filter points at, as (kind, id): they refuse deletion.

    Whoever asks for one `kind` is spared looking the others up.
    """
    return compiler.uses(read(tree), kind)


def edges(tree: Any, before: datetime, after: datetime) -> Predicate | None:
    """Find whom time alone may have moved between two instants; None when it moves nobody."""
    node = read(tree)
    first, last = compiler.present(before), compiler.present(after)
    sql = compiler.edges(node, first, last)
    return compiler.predicate(sql, set(), lambda: last) if sql else None
