"""Where the tags of a template stand in its source: the parser itself knows lines only."""

import re
from collections.abc import Iterator, Sequence

from jinja2 import nodes

from content.tags import TAG

_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%[-+]?\s*(?:if|elif|for)\b")


def spans_of(source: str, tree: nodes.Template) -> dict[int, tuple[int, int]]:
    """Start and end of the tag of each output, condition and loop, by the identity of its node.

    Tags and nodes come in the same order; where their numbers differ nothing is said.
    """
    raw = [found.span() for found in _RAW.finditer(source)]
    tags = [
        found
        for found in TAG.finditer(source)
        if not any(start <= found.start() < end for start, end in raw)
    ]
    found = list(_in_order(tree.body))
    outputs = [node for node in found if isinstance(node, nodes.Expr)]
    statements = [node for node in found if isinstance(node, nodes.Stmt)]
    return {
        **_paired(outputs, [tag for tag in tags if tag[0].startswith("{{")]),
        **_paired(statements, [tag for tag in tags if _STATEMENT.match(tag[0])]),
    }


def _in_order(body: list[nodes.Node]) -> Iterator[nodes.Node]:
    """Outputs, conditions and loops as they come in the source; expressions are not entered."""
    for node in body:
        if isinstance(node, nodes.Output):
            yield from (part for part in node.nodes if not isinstance(part, nodes.TemplateData))
        elif isinstance(node, nodes.If | nodes.For):
            yield node
        for part in ("body", "elif_", "else_"):
            yield from _in_order(getattr(node, part, []))


def _paired(found: Sequence[nodes.Node], tags: list[re.Match[str]]) -> dict[int, tuple[int, int]]:
    if len(found) != len(tags):
        return {}
    return {id(node): tag.span() for node, tag in zip(found, tags, strict=True)}
