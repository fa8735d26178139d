"""The template language: what parses, checked node by node against a list of what is allowed.

Allowed are output of known tokens through known filters with literal arguments, `if` with
comparisons, and `for` over lists of tokens, two levels deep. Everything else is an error with
its place. The checked tree is rebuilt so that the compiled template can only read the values
prepared for it: no attribute, item or call of Python is left in it.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

from django.utils.translation import gettext as _
from jinja2 import Environment, TemplateSyntaxError, nodes

from content.expressions import ExpressionRefused, Expressions, called
from content.places import spans_of
from content.positions import VALUE, Position, follow, url_part
from content.problems import Places, TemplateProblem, TemplateRefused
from content.tags import count_tags
from content.tokens import CLICK, NAME, TokenSet

MAX_SOURCE = 500_000
MAX_TAGS = 2_000
MAX_DEPTH = 20
MAX_LOOPS = 2
# The name under which a rendering counts the rounds of its loops.
ROUNDS = "rounds_left"
# "{#" opens many style sheets, so templates have no comments: a delimiter nobody can type.
PARSER = Environment(
    comment_start_string="\x00#",
    comment_end_string="#\x00",
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701  every output is escaped for its place by name
    optimized=False,
)
# In these kinds every place is alike.
PLAIN_PLACES = {"text": "plain", "header": "header"}
_UNKNOWN_TAG = re.compile(r"unknown tag '(\w+)'")


@dataclass(frozen=True)
class Checked:
    """A tree that may be compiled, the tokens it reads with their names in it."""

    tree: nodes.Template
    names: dict[str, str]
    has_loops: bool


def check(source: str, kind: str, tokens: TokenSet) -> Checked:
    """Parse and check a template; raises `TemplateRefused` with all problems found."""
    places = Places(source)
    tree = _parse(source, places)
    expressions = Expressions(tokens, places, spans=spans_of(source, tree))
    walk = _Statements(kind, expressions, _first_position(kind))
    tree.body = walk.body(tree.body)
    problems = walk.expressions.problems
    if kind == "html" and not problems and walk.position.mode != "text":
        text = _("The HTML ends inside a tag, a comment or a style.")
        problems.append(TemplateProblem(text, *places.at(len(source)), "unfinished_markup"))
    if problems:
        raise TemplateRefused(problems)
    return Checked(tree, walk.expressions.names, walk.has_loops)


def refuse_too_large(source: str) -> None:
    """Stop before anything reads the source twice."""
    if len(source) > MAX_SOURCE or count_tags(source) > MAX_TAGS:
        raise TemplateRefused([TemplateProblem(_("The template is too large."), 1, 1, "too_large")])


def _parse(source: str, places: Places) -> nodes.Template:
    refuse_too_large(source)
    if (nul := source.find("\x00")) >= 0:
        message = _("The text holds a NUL character.")
        raise TemplateRefused([TemplateProblem(message, *places.at(nul), "control_character")])
    try:
        return PARSER.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateRefused([_syntax_problem(error, places)]) from None
    except (RecursionError, ValueError, OverflowError):
        message = _("An expression is nested too deeply or holds too large a number.")
        raise TemplateRefused([TemplateProblem(message, 1, 1, "syntax")]) from None


def _syntax_problem(error: TemplateSyntaxError, places: Places) -> TemplateProblem:
    reason = error.message or ""
    if unknown := _UNKNOWN_TAG.search(reason):
        place = places.find(error.lineno, unknown[1])
        message = _("There is no tag “%(name)s”.") % {"name": unknown[1]}
        return TemplateProblem(message, *place, "not_allowed")
    message = _("This does not parse: %(reason)s") % {"reason": reason}
    return TemplateProblem(message, *places.find(error.lineno), "syntax")


@dataclass
class _Statements:
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
        outer, self.kind, self.position = (self.kind, self.position), "url", _first_position("url")
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


def _first_position(kind: str) -> Position:
    return Position(VALUE, attribute="href", quote='"') if kind == "url" else Position()
