"""What an author wrote, MJML or HTML, made ready for mail programs: a whole checked page.

* page_of_mjml(source, tokens, preheader="") -> str
* page_of_html(source, tokens, preheader="") -> str
  a template of kind "html": laid out, style rules copied into attributes, preheader put in
* html_problems(source) -> list[TemplateProblem]

Both raise TemplateRefused with places in the source as the author wrote it.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from content.dialect import refuse_too_large
from content.inlining import inline_css
from content.mjml_check import mjml_problems
from content.mjml_layout import mjml_to_html
from content.pieces import RAW, TAG, Piece, pieces
from content.problems import Places, TemplateProblem, TemplateRefused
from content.tags import TAG as TEMPLATE_TAG
from content.tags import normalised, protect
from content.templates import check_template
from content.tokens import TokenSet

MOST_PROBLEMS = 50
_SHELL = (
    '<!doctype html><html><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
    "<body>{body}</body></html>"
)
_BODY = re.compile(r"""<body\b(?:"[^"]*"|'[^']*'|[^'">])*>""", re.IGNORECASE)
_EVENT = re.compile(r"(?:\s|[\"'/])on[a-z]+\s*=", re.IGNORECASE)
_CODE_URL = re.compile(
    r"""\b(?:href|src|action|formaction|background)\s*=\s*["']?\s*(?:javascript|vbscript|data:text)""",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HIDDEN = (
    "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden"
)
# Keeps the first words of the body from being shown after a short preheader.
_FILLER = "&#847;&zwnj;&nbsp;" * 40


def page_of_mjml(source: str, tokens: TokenSet, preheader: str = "") -> str:
    refuse_too_large(source)
    source = normalised(source)
    _refuse_if([*check_template(source, "text", tokens), *mjml_problems(source)])
    _refuse_if(html_problems(source))
    page = mjml_to_html(source, own_preheader=bool(preheader.strip()))
    problems = check_template(page, "html", tokens)
    _refuse_if(_in_source(problem, page, source) for problem in problems)
    return _with_preheader(page, preheader)


def page_of_html(source: str, tokens: TokenSet, preheader: str = "") -> str:
    refuse_too_large(source)
    source = normalised(source)
    _refuse_if([*html_problems(source), *check_template(source, "html", tokens)])
    page = source if _BODY.search(source) else _SHELL.replace("{body}", source)
    return _with_preheader(inline_css(page), preheader)


def html_problems(source: str) -> list[TemplateProblem]:
    """What no mail program runs and no web view may show: scripts and their like."""
    protected, places = protect(source), Places(source)
    return [
        TemplateProblem(message, *places.at(protected.origin(piece.start)), code)
        for piece in pieces(protected.text, conditions=True)
        for code, message in _faults(piece, protected.text[piece.start : piece.end])
    ][:MOST_PROBLEMS]


def _faults(piece: Piece, source: str) -> Iterator[tuple[str, str]]:
    name, attributes = piece.name, source[len(piece.name) + 1 :]
    if piece.kind == RAW:
        attributes = attributes.partition(">")[0]
    if name == "script" and "application/ld+json" not in attributes:
        yield "script_refused", _("Mail programs run no scripts.")
    if name == "base" or (name == "meta" and "refresh" in attributes.lower()):
        yield "element_refused", _("“%(name)s” would change every address.") % {"name": name}
    if piece.kind in (TAG, RAW) and _EVENT.search(_QUOTED.sub('""', f" {attributes}")):
        yield "script_refused", _("Mail programs run no scripts in attributes.")
    if piece.kind == TAG and _CODE_URL.search(attributes):
        yield "address_refused", _("An address must lead to the web, a mailbox or a telephone.")


def _in_source(problem: TemplateProblem, page: str, source: str) -> TemplateProblem:
    """The problem with its place in the MJML: where the same tag stands there."""
    offset = sum(len(line) + 1 for line in page.split("\n")[: problem.line - 1])
    tag = TEMPLATE_TAG.search(page, offset + problem.column - 1)
    if not tag:
        return problem
    earlier = page.count(tag[0], 0, tag.start())
    places = [found.start() for found in re.finditer(re.escape(tag[0]), source)] or [0]
    line, column = Places(source).at(places[min(earlier, len(places) - 1)])
    return replace(problem, line=line, column=column)


def _with_preheader(page: str, preheader: str) -> str:
    if not preheader.strip():
        return page
    words = protect(preheader)
    text = words.restore(html.escape(words.text.strip()))
    protected = protect(page)
    hidden = f'<div style="{_HIDDEN}">{text}{_FILLER}</div>'
    body = _BODY.search(protected.text)
    at = body.end() if body else 0
    before, after = protected.text[:at], protected.text[at:]
    return protected.restore(before) + hidden + protected.restore(after)


def _refuse_if(problems: Iterable[TemplateProblem]) -> None:
    if found := list(problems):
        raise TemplateRefused(found)
