"""MJML to HTML.

* mjml_to_html(source, own_preheader=False) -> str      raises TemplateRefused

The contents of text-like components never pass the renderer's strict reader: it gets a word for
each, and the author's HTML is put in afterwards, byte for byte, as other MJML tools do.
"""

import re

from django.utils.translation import gettext as _
from mjml import mjml2html

from content.inlining import inline_css
from content.mjml_check import ENDING, Element, elements, mjml_problems
from content.problems import Places, TemplateProblem, TemplateRefused
from content.tags import Protected, protect

_POSITION = re.compile(r"position (\d+):")
_INLINE = re.compile(r"\binline\s*=\s*[\"']inline[\"']")


def mjml_to_html(source: str, *, own_preheader: bool = False) -> str:
    """Lay the document out; with a preheader of the message the document's own one is left out."""
    if problems := mjml_problems(source):
        raise TemplateRefused(problems)
    protected = protect(source)
    outline = _Outline(protected, own_preheader=own_preheader)
    try:
        # The renderer would have every reader ask a stranger's host for its default font.
        page = mjml2html(outline.text, fonts={})
    except ValueError as error:
        raise _refused(source, outline, error) from None
    page = protected.restore(outline.filled(page))
    return inline_css(page, extra="\n".join(outline.inline), style_tags=False)


def _refused(source: str, outline: "_Outline", error: ValueError) -> TemplateRefused:
    position = _POSITION.search(str(error))
    lines_before = outline.text.count("\n", 0, int(position[1])) if position else 0
    message = _("The document cannot be laid out: %(reason)s") % {"reason": error}
    place = Places(source).find(lines_before + 1)
    return TemplateRefused([TemplateProblem(message, *place, "layout")])


class _Outline:
    """The document with a word in place of each content that is not MJML."""

    def __init__(self, protected: Protected, *, own_preheader: bool) -> None:
        self.contents: list[str] = []
        self.inline: list[str] = []
        self._prefix = protected.prefix
        self._own_preheader = own_preheader
        self.text = protected.as_comments(self._hollow(protected.text))

    def _hollow(self, text: str) -> str:
        start = text.lower().index("<mjml")
        kept, at, opened = [], start, None
        for element in elements(text):
            if opened and element.closes:
                content = text[opened.end : element.start]
                kept += [text[at : opened.start], self._kept(text, opened, content, element)]
                at = element.end
            opened = element if self._has_content(element) else None
        return "".join([*kept, text[at:]])

    @staticmethod
    def _has_content(element: Element) -> bool:
        return element.name in ENDING and not element.closes and not element.empty

    def _kept(self, text: str, opened: Element, content: str, closing: Element) -> str:
        if opened.name == "mj-style" and _INLINE.search(opened.attributes):
            self.inline.append(content)
            return ""
        if opened.name == "mj-preview" and self._own_preheader:
            return ""
        self.contents.append(content.strip())
        # The lines stay as many, so that the renderer's complaints keep their place.
        word = f"{self._prefix}c{len(self.contents) - 1}x" if content.strip() else ""
        tags = text[opened.start : opened.end], text[closing.start : closing.end]
        return f"{tags[0]}{word}{tags[1]}"

    def filled(self, page: str) -> str:
        return re.sub(rf"{self._prefix}c(\d+)x", lambda found: self.contents[int(found[1])], page)
