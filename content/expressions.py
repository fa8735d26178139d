"""The expressions of the template language: tokens, filters, comparisons, rebuilt as checked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

from django.utils.translation import gettext as _
from jinja2 import nodes

from content import filters
from content.problems import Places, TemplateProblem
from content.tokens import NAME, TokenSet

MAX_EXPRESSION_DEPTH = 40
LOOP_NAMES = frozenset({"index", "first", "last", "length"})
OPERATORS = frozenset({"eq", "ne", "gt", "gteq", "lt", "lteq", "in", "notin"})
# How an author would name what a node stands for; also what is looked for in the line.
WRITTEN = {
    "Assign": "set",
    "ScopedEvalContextModifier": "autoescape",
    "FromImport": "import",
    "CallBlock": "call",
    "FilterBlock": "filter",
    "Const": '"',
    "Call": "(",
    "Getitem": "[",
    "Add": "+",
    "Sub": "-",
    "Mul": "*",
    "Div": "/",
    "FloorDiv": "//",
    "Mod": "%",
    "Pow": "**",
    "Neg": "-",
    "Concat": "~",
    "Test": "is",
    "CondExpr": "if",
    "Tuple": ",",
    "List": "[",
    "Dict": "{",
}


class ExpressionRefused(Exception):  # noqa: N818
    """Leaves the expression at hand; its problem is already noted."""


@dataclass
class Expressions:
    """Checks expressions against the known tokens and collects what they read."""

    tokens: TokenSet
    places: Places
    problems: list[TemplateProblem] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    loops: list[tuple[str, str]] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    here: int = 0
    _depth: int = 0

    def refuse(self, line: int | None, hint: str, code: str, message: str) -> NoReturn:
        self.note(line, hint, code, message)
        raise ExpressionRefused

    def note(self, line: int | None, hint: str, code: str, message: str) -> None:
        span = self.spans.get(self.here)
        place = self.places.within(span, hint) if span else self.places.find(line, hint)
        self.problems.append(TemplateProblem(message, *place, code))

    @contextmanager
    def at(self, node: nodes.Node) -> Iterator[None]:
        """Within, problems lie in the tag of this node."""
        outer, self.here = self.here, id(node)
        try:
            yield
        finally:
            self.here = outer

    def refuse_node(self, node: nodes.Node) -> NoReturn:
        kind = type(node).__name__
        written = WRITTEN.get(kind, kind.lower())
        message = _("“%(what)s” is not part of the template language.") % {"what": written}
        self.refuse(node.lineno, written, "not_allowed", message)

    def value(self, node: nodes.Node) -> nodes.Expr:
        """A token, perhaps through filters."""
        self._deeper(node)
        try:
            if isinstance(node, nodes.Filter):
                return self._filter(node)
            if isinstance(node, nodes.Name | nodes.Getattr):
                return self._token(node)
            self.refuse_node(node)
        finally:
            self._depth -= 1

    def condition(self, node: nodes.Node) -> nodes.Expr:
        """What may stand after `if`: comparisons joined by and, or, not; or a filled token."""
        self._deeper(node)
        try:
            if isinstance(node, nodes.And | nodes.Or):
                sides = self.condition(node.left), self.condition(node.right)
                return type(node)(*sides, lineno=node.lineno)
            if isinstance(node, nodes.Not):
                return nodes.Not(self.condition(node.node), lineno=node.lineno)
            if isinstance(node, nodes.Compare):
                return self._comparison(node)
            return called("_filled", self.value(node))
        finally:
            self._depth -= 1

    def is_encoded(self, node: nodes.Node | None) -> bool:
        """Whether the author already encoded the value for an address."""
        while isinstance(node, nodes.Filter) and node.name == "default":
            node = node.node
        return isinstance(node, nodes.Filter) and node.name == "urlencode"

    def is_ready(self, node: nodes.Node) -> bool:
        """Whether the token holds an address of our own making, safe wherever an address is."""
        return isinstance(node, nodes.Name | nodes.Getattr) and (
            self.path_of(node)[0] in self.tokens.ready
        )

    @contextmanager
    def looping(self, name: str, compiled: str) -> Iterator[None]:
        """Within, `name` means the item of the loop."""
        self.loops.append((name, compiled))
        try:
            yield
        finally:
            self.loops.pop()

    def path_of(self, node: nodes.Node) -> list[str]:
        parts: list[str] = []
        while isinstance(node, nodes.Getattr):
            parts.append(node.attr)
            node = node.node
        if not isinstance(node, nodes.Name):
            self.refuse_node(node)
        return [node.name, *reversed(parts)]

    def _deeper(self, node: nodes.Node) -> None:
        self._depth += 1
        if self._depth > MAX_EXPRESSION_DEPTH:
            self._depth -= 1
            self.refuse(node.lineno, "", "too_deep", _("This expression is nested too deeply."))

    def _token(self, node: nodes.Expr) -> nodes.Expr:
        first, *rest = parts = self.path_of(node)
        inner = dict(self.loops)
        if first == "loop" and inner:
            return self._loop_detail(node, rest)
        if first in inner:
            return self._item(nodes.Name(inner[first], "load"), rest, node)
        path = ".".join(parts)
        if not self.tokens.knows(path):
            self._unknown(node, path)
        return self.named(path)

    def named(self, path: str) -> nodes.Name:
        """The name a token has in the compiled template."""
        return nodes.Name(self.names.setdefault(path, f"v{len(self.names)}"), "load")

    def _unknown(self, node: nodes.Node, path: str) -> NoReturn:
        known = self.tokens.suggestion(path)
        message = _("There is no token “%(token)s”.") % {"token": path}
        if known:
            message += " " + _("Did you mean “%(token)s”?") % {"token": known}
        self.refuse(node.lineno, path, "unknown_token", message)

    def _loop_detail(self, node: nodes.Expr, rest: list[str]) -> nodes.Expr:
        if len(rest) != 1 or rest[0] not in LOOP_NAMES:
            self._unknown(node, ".".join(["loop", *rest]))
        return node

    def _item(self, item: nodes.Expr, rest: list[str], node: nodes.Node) -> nodes.Expr:
        for part in rest:
            if not NAME.match(part):
                self._unknown(node, part)
            item = called("_member", item, nodes.Const(part))
        return item

    def _filter(self, node: nodes.Filter) -> nodes.Expr:
        if node.name not in filters.ARGUMENTS:
            message = _("There is no filter “%(name)s”.") % {"name": node.name}
            self.refuse(node.lineno, node.name, "unknown_filter", message)
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if not plain or not all(isinstance(arg, nodes.Const) for arg in node.args):
            message = _("Filters take literal values only.")
            self.refuse(node.lineno, node.name, "filter_argument", message)
        arguments = [arg.value for arg in node.args if isinstance(arg, nodes.Const)]
        if fault := filters.argument_fault(node.name, arguments):
            self.refuse(node.lineno, node.name, "filter_argument", fault)
        if node.node is None:
            self.refuse_node(node)
        return called(node.name, self.value(node.node), *node.args)

    def _comparison(self, node: nodes.Compare) -> nodes.Expr:
        if len(node.ops) != 1 or node.ops[0].op not in OPERATORS:
            message = _("Compare two values at a time; join comparisons with “and”.")
            self.refuse(node.lineno, "", "not_allowed", message)
        operand = node.ops[0]
        right = self._side(operand.expr, may_list=operand.op in ("in", "notin"))
        return called("_compare", self._side(node.expr), nodes.Const(operand.op), right)

    def _side(self, node: nodes.Node, *, may_list: bool = False) -> nodes.Expr:
        if isinstance(node, nodes.Const):
            return node
        if isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const):
            return nodes.Const(f"-{node.node.value}", lineno=node.lineno)
        if may_list and isinstance(node, nodes.List | nodes.Tuple):
            return nodes.List([self._side(item) for item in node.items])
        return self.value(node)


def called(name: str, value: nodes.Expr, *arguments: nodes.Expr) -> nodes.Filter:
    """The node that runs one of our own functions on a value."""
    return nodes.Filter(value, name, list(arguments), [], None, None, lineno=value.lineno)
