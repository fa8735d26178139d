"""Walks the statements of a template, and gives every value the escaping of its place."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

from django.utils.translation import gettext as _
from jinja2 import nodes

from content.expressions import ExpressionRefused, Expressions, called
from content.positions import VALUE, Position, follow, url_part
from content.tokens import CLICK, NAME

MAX_DEPTH = 20
MAX_LOOPS = 2
# The name under which a rendering counts the rounds of its loops.
ROUNDS = "rounds_left"
# In these kinds every place is alike.
PLAIN_PLACES = {"text": "plain", "header": "header"}


def first_position(kind: str) -> Position:
    """Return where a template of a kind begins."""
    return Position(VALUE, attribute="href", quote='"') if kind == "url" else Position()


@dataclass
class Statements:
    """Walks the statements of one template in order, following where in the HTML we are."""

    kind: str
    expressions: Expressions
    position: Position
    depth: int = 0
    has_loops: bool = False

    def body(self, statements: Iterable[nodes.Node]) -> list[nodes.Node]:
        kept: list[nodes.Node] = []
        for statement in statements:
            try:
                kept.append(self._statement(statement))
            except ExpressionRefused:
                continue
        return kept

    def _statement(self, node: nodes.Node) -> nodes.Node:
        if isinstance(node, nodes.Output):
            return self._output(node)
        with self._level(node):
            if isinstance(node, nodes.If):
                return self._if(node)
            if isinstance(node, nodes.For):
                return self._for(node)
            if isinstance(node, nodes.FilterBlock) and self.expressions.tokens.tracks:
                return self._tracked(node)
        return self.expressions.refuse_node(node)

    @contextmanager
    def _level(self, node: nodes.Node) -> Iterator[None]:
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                self._refuse(node, "too_deep", _("Tags are nested too deeply."))
            yield
        finally:
            self.depth -= 1

    def _output(self, node: nodes.Output) -> nodes.Output:
        kept: list[nodes.Expr] = []
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                self._literal(part.data)
                kept.append(part)
                continue
            try:
                kept.append(self._value(part))
            except ExpressionRefused:
                continue
        return nodes.Output(kept, lineno=node.lineno)

    def _literal(self, text: str) -> None:
        if self.kind == "html":
            self.position = follow(self.position, text)
        elif self.kind == "url":
            self.position = replace(self.position, url_part=url_part(self.position.url_part, text))

    def _value(self, node: nodes.Expr) -> nodes.Expr:
        with self.expressions.at(node):
            value = self.expressions.value(node)
            place = self._place(node)
        self.position = self.position.after_value()
        return called(f"_{place}", value)

    def _place(self, node: nodes.Expr) -> str:
        """Which escaping the value gets here."""
        if self.kind in PLAIN_PLACES:
            return PLAIN_PLACES[self.kind]
        if self.expressions.is_ready(node):
            return "ready"
        place = self.position.place
        if place is None:
            message = _("A token cannot stand here: in a script, a tag name or an event attribute.")
            self._refuse(node, "place_refused", message)
        if place == "unquoted":
            message = _("Write quotes around the value of this attribute.")
            self._refuse(node, "quotes_needed", message)
        if not place.startswith("url_"):
            return place
        if self.expressions.is_encoded(node):
            return "attribute" if self.kind == "html" else "plain"
        return f"attribute_{place}" if self.kind == "html" else place

    def _if(self, node: nodes.If) -> nodes.If:
        before, ends = self.position, []
        branches: list[nodes.If] = []
        for branch in (node, *node.elif_):
            self.position = before
            test = self._test(branch)
            body = self.body(branch.body)
            branches.append(nodes.If(test, body, [], [], lineno=branch.lineno))
            ends.append(self.position)
        self.position = before
        otherwise = self.body(node.else_)
        self.position = self._joined(node, [*ends, self.position])
        first, *others = branches
        return nodes.If(first.test, first.body, others, otherwise, lineno=node.lineno)

    def _test(self, node: nodes.If) -> nodes.Expr:
        try:
            with self.expressions.at(node):
                return self.expressions.condition(node.test)
        except ExpressionRefused:
            # Noted already; go on, so that the author sees what is wrong inside as well.
            return nodes.Const(False)  # noqa: FBT003

    def _for(self, node: nodes.For) -> nodes.For:
        with self.expressions.at(node):
            name, target, values = self._loop(node)
        before = self.position
        with self.expressions.looping(name, target.name):
            body = self.body(node.body)
        self.position = self._joined(node, [before, self.position])
        otherwise = self.body(node.else_)
        self.position = self._joined(node, [before, self.position])
        self.has_loops = True
        return nodes.For(target, values, body, otherwise, None, False, lineno=node.lineno)  # noqa: FBT003

    def _loop(self, node: nodes.For) -> tuple[str, nodes.Name, nodes.Expr]:
        """What the items are called, by the author and by us, and where they come from."""
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            message = _("A loop is written {% for item in event.items %}.")
            self._refuse(node, "not_allowed", message)
        if len(self.expressions.loops) == MAX_LOOPS:
            self._refuse(node, "too_deep", _("Loops nest two levels deep at most."))
        target = self._target(node.target)
        values = self.expressions.value(node.iter)
        return node.target.name, target, called("_rounds", values, nodes.Name(ROUNDS, "load"))

    def _tracked(self, node: nodes.FilterBlock) -> nodes.FilterBlock:
        """The address of a counted link, written by `content.links`: raw inside, escaped after."""
        (number,) = node.filter.args
        outer, self.kind, self.position = (self.kind, self.position), "url", first_position("url")
        body = self.body(node.body)
        self.kind, self.position = outer
        self.position = self.position.after_value()
        click = self.expressions.named(CLICK)
        kind = "html" if self.kind == "html" else "text"
        counted = nodes.Filter(None, f"_tracked_{kind}", [number, click], [], None, None)
        return nodes.FilterBlock(body, counted, lineno=node.lineno)

    def _target(self, target: nodes.Name) -> nodes.Name:
        name, tokens = target.name, self.expressions.tokens
        if name == "loop" or not NAME.match(name) or tokens.claims(name):
            message = _("“%(name)s” cannot name the item of a loop.") % {"name": name}
            self._refuse(target, "not_allowed", message)
        return nodes.Name(f"item{len(self.expressions.loops)}", "store", lineno=target.lineno)

    def _joined(self, node: nodes.Node, ends: list[Position]) -> Position:
        joined: Position | None = ends[0]
        for end in ends[1:]:
            joined = joined.joined(end) if joined else None
        if joined is None:
            message = _(
                "The branches of this tag end in different places of the HTML; "
                "let each begin and end in the same place."
            )
            with self.expressions.at(node):
                self._refuse(node, "ambiguous_place", message)
        return joined

    def _refuse(self, node: nodes.Node, code: str, message: str) -> NoReturn:
        self.expressions.refuse(node.lineno, "", code, message)
