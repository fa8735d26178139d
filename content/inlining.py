"""Copies style rules into style attributes, for mail programs that read no style sheets.

* inline_css(page, extra="", style_tags=True) -> str     `page` may hold template tags

The page is read and written again by an HTML parser; when that would move or lose a template
tag, the page is left as it was.
"""

import re

import css_inline
from django.utils.translation import gettext as _

from content.pieces import size_of
from content.problems import TemplateProblem, TemplateRefused
from content.tags import Protected, protect

MAX_TAGS = 20_000
MAX_NESTING = 100
_STYLE = re.compile(r"<style\b(?![^>]*\bdata-css-inline)[^>]*>", re.IGNORECASE)
# Rules for paper or narrow screens are not for everybody; the inliner would not know.
_FOR_SOME_MEDIA = re.compile(
    r"<style(?=\s)(?=[^>]*\bmedia=(?!\W*(?:all|screen)\W*[\s>]))", re.IGNORECASE
)
_IGNORE = ' data-css-inline="ignore"'


def inline_css(page: str, *, extra: str = "", style_tags: bool = True) -> str:
    marked = _FOR_SOME_MEDIA.sub(rf"\g<0>{_IGNORE}", page)
    if not extra.strip() and not (style_tags and _STYLE.search(marked)):
        return page
    protected = protect(marked)
    readable = protected.as_comments(protected.text)
    _refuse_too_large(readable)
    inliner = css_inline.CSSInliner(
        inline_style_tags=style_tags,
        keep_style_tags=True,
        keep_link_tags=True,
        load_remote_stylesheets=False,
        extra_css=extra or None,
    )
    try:
        inlined = inliner.inline(readable)
    except css_inline.InlineError:
        return page
    if not _same_tags(protected, readable, inlined):
        return page
    return protected.restore(inlined).replace(_IGNORE, "")


def _refuse_too_large(page: str) -> None:
    """The inliner takes ages on huge pages and ends the process on deep ones."""
    tags, depth = size_of(page)
    if tags > MAX_TAGS or depth > MAX_NESTING:
        message = _("The page has too many elements, or they are nested too deeply.")
        raise TemplateRefused([TemplateProblem(message, 1, 1, "too_large")])


def _same_tags(protected: Protected, readable: str, inlined: str) -> bool:
    return protected.order(readable) == protected.order(inlined)
