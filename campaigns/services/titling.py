"""What the steps of drafts and versions are called, as far as a user may see what they name."""

from contextlib import AbstractContextManager
from typing import Any

from campaigns.graph.schema import EMPTY
from campaigns.models.campaign import Rules
from campaigns.services import saying
from campaigns.services.naming import named, named_by
from kernel import subjects
from kernel.filters import FilterProblem

# A name is asked for at most so many times in one answer.
MOST_NAMES = 1_000
# What settings end in that are half written; drafts keep them as they are.
UNREADABLE = (ArithmeticError, AttributeError, FilterProblem, LookupError, TypeError, ValueError)


def looked_up(*rules: Rules, user: Any) -> AbstractContextManager[None]:
    """Look what these rules name up at once; inside, each step asks for it without a statement."""
    found = sorted({use for one in rules for use in named(one)})
    return subjects.remembered(found[:MOST_NAMES], user)


def titles(rules: Rules, user: Any) -> dict[str, str]:
    """Return a line for each step whose settings can be read and name nothing unseen."""
    graph = rules.graph or EMPTY
    unsaid = {node["id"] for node in graph["nodes"] if not _can_be_said(node, user)}
    return saying.titles(graph, unsaid)


def _can_be_said(node: dict[str, Any], user: Any) -> bool:
    try:
        saying.titles({"nodes": [node]})
        uses = named_by(node)
    except UNREADABLE:
        return False
    return not any(subjects.beyond(kind, [number], user) for kind, number in uses)
