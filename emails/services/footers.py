"""Every marketing mail can be left: a link at its foot where the author put none."""

import re
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from content.message import MessageSource

_LINK = re.compile(r"\{\{-?\s*unsubscribe_url\b")
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_MJML_END = re.compile(r"</mj-body\s*>")
_HTML = (
    '<div style="padding:24px 16px;text-align:center;font-family:Arial,sans-serif;'
    'font-size:12px;line-height:16px;color:#636b7a">'
    '<a href="{{{{ unsubscribe_url }}}}" style="color:#636b7a">{words}</a></div>'
)
_MJML = (
    '<mj-section padding="16px"><mj-column><mj-text align="center" font-size="12px"'
    ' line-height="16px" color="#636b7a"><a href="{{{{ unsubscribe_url }}}}"'
    ' style="color:#636b7a">{words}</a></mj-text></mj-column></mj-section>'
)


def with_unsubscribe_link(source: MessageSource, language: str) -> MessageSource:
    """Add the link to each part that lacks it, behind what the author wrote.

    On the author's last line, so that every fault keeps its place.
    """
    with override(language if language[:2] in {"en", "fr"} else "en"):
        words = _("Unsubscribe")
    return replace(
        source,
        html=_before(source.html, _BODY_END, _HTML.format(words=words)),
        mjml=_before(source.mjml, _MJML_END, _MJML.format(words=words)),
        text=_under(source.text, words),
    )


def _before(page: str, end: re.Pattern[str], footer: str) -> str:
    if not page.strip() or _LINK.search(page):
        return page
    places = list(end.finditer(page))
    at = places[-1].start() if places else len(page)
    return page[:at] + footer + page[at:]


def _under(text: str, words: str) -> str:
    if not text.strip() or _LINK.search(text):
        return text
    return f"{text.rstrip()}\n\n-- \n{words}: {{{{ unsubscribe_url }}}}\n"
