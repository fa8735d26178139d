"""The template language: what parses, checked node by node against a list of what is allowed.

Allowed are output of known tokens through known filters with literal arguments, `if` with
comparisons, and `for` over lists of tokens, two levels deep. Everything else is an error with
its place. The checked tree is rebuilt so that the compiled template can only read the values
prepared for it: no attribute, item or call of Python is left in it.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from jinja2 import Environment, TemplateSyntaxError, nodes

from content.expressions import Expressions
from content.places import spans_of
from content.problems import Places, TemplateProblem, TemplateRefused
from content.statements import Statements, first_position
from content.tags import count_tags
from content.tokens import TokenSet

MAX_SOURCE = 500_000
MAX_TAGS = 2_000
# "{#" opens many style sheets, so templates have no comments: a delimiter nobody can type.
PARSER = Environment(
    comment_start_string="\x00#",
    comment_end_string="#\x00",
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701  every output is escaped for its place by name
    optimized=False,
)
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
    walk = Statements(kind, expressions, first_position(kind))
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
