"""Says a filter in one sentence, in the language in force."""

from typing import Any

from django.utils.translation import gettext as _

from kernel import masking, secrecy
from kernel.filters.tree import Leaf, Node, leaves, read


def sentence(tree: Any) -> str:
    """Say a filter to a person."""
    return _said(read(tree), secrecy.names(), outermost=True)


def of_leaf(leaf: Leaf, hidden: frozenset[str]) -> str:
    """Say one condition; not what it is about, where that is among what is hidden."""
    if is_hidden(leaf, hidden):
        return masking.words()
    return leaf.condition.sentence()


def is_hidden(leaf: Leaf, hidden: frozenset[str]) -> bool:
    """Say whether a condition is about what is kept from whoever reads now."""
    return bool(hidden) and leaf.condition.is_about(leaf.condition.config, hidden)


def _said(node: Node, hidden: frozenset[str], *, outermost: bool = False) -> str:
    if isinstance(node, Leaf):
        return of_leaf(node, hidden)
    parts = [_said(part, hidden) for part in node.parts]
    if node.kind == "none":
        return _("none of: %(conditions)s") % {"conditions": f"({'; '.join(parts)})"}
    if len(parts) == 1:
        return parts[0]
    between = _(" and ") if node.kind == "all" else _(" or ")
    words = between.join(parts)
    return words if outermost else f"({words})"


def sentences(tree: Any) -> dict[str, str]:
    """Say each condition of a filter, by its place."""
    hidden = secrecy.names()
    return {leaf.path: of_leaf(leaf, hidden) for leaf in leaves(read(tree))}
