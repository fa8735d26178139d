"""Says a filter in one sentence, in the language in force."""

from typing import Any

from django.utils.translation import gettext as _

from kernel.filters.tree import Leaf, Node, leaves, read


def sentence(tree: Any) -> str:
    """Say a filter to a person."""
    return _said(read(tree), outermost=True)


def _said(node: Node, *, outermost: bool = False) -> str:
    if isinstance(node, Leaf):
        return node.condition.sentence()
    parts = [_said(part) for part in node.parts]
    if node.kind == "none":
        return _("none of: %(conditions)s") % {"conditions": f"({'; '.join(parts)})"}
    if len(parts) == 1:
        return parts[0]
    between = _(" and ") if node.kind == "all" else _(" or ")
    words = between.join(parts)
    return words if outermost else f"({words})"


def sentences(tree: Any) -> dict[str, str]:
    """Say each condition of a filter, by its place."""
    return {leaf.path: leaf.condition.sentence() for leaf in leaves(read(tree))}
