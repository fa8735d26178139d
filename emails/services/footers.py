"""What law and good manners ask for stands at the foot of every marketing mail.

Why the reader gets it, the sender's postal address, the way out: each is added where the author
put none. Reason and address are settings, read when a mail is written.
"""

import re
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from content.message import MessageSource
from kernel import preferences

_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_MJML_END = re.compile(r"</mj-body\s*>")
_EITHER = "{% if footer_reason or postal_address %}"
_END = "{% endif %}"
_HTML = (
    '<div style="padding:24px 16px;text-align:center;font-family:Arial,sans-serif;'
    'font-size:12px;line-height:16px;color:#636b7a">{lines}</div>'
)
_MJML = (
    '<mj-section padding="16px"><mj-column><mj-text align="center" font-size="12px"'
    ' line-height="16px" color="#636b7a">{lines}</mj-text></mj-column></mj-section>'
)
_ANCHOR = '<a href="{{{{ unsubscribe_url }}}}" style="color:#636b7a">{words}</a>'


def values() -> dict[str, str]:
    """Return the workspace's words for the foot of a mail, by their tokens."""
    return {
        "postal_address": str(preferences.get("emails.postal_address")),
        "footer_reason": str(preferences.get("emails.footer_reason")),
    }


def lacks_address() -> bool:
    """Say whether marketing mail goes out without the sender's postal address."""
    return not preferences.get("emails.postal_address")


def refuses() -> bool:
    """Say whether marketing mail is refused as things stand."""
    return bool(preferences.get("emails.require_postal_address")) and lacks_address()


@dataclass(frozen=True)
class _Words:
    """The foot's words in the language of the mail."""

    leave: str
    because: str


def with_footer(source: MessageSource, language: str) -> MessageSource:
    """Add to each part what it lacks, behind what the author wrote.

    On the author's last line, so that every fault keeps its place.
    """
    with override(language[:2] if language[:2] in {"en", "fr"} else "en"):
        because = _("You receive this email because you gave us your address.")
        words = _Words(_("Unsubscribe"), because)
    anchor = _ANCHOR.format(words=words.leave)
    return replace(
        source,
        html=_before(source.html, _BODY_END, _framed(source.html, _HTML, words, anchor)),
        mjml=_before(source.mjml, _MJML_END, _framed(source.mjml, _MJML, words, anchor)),
        text=_under(source.text, words),
    )


def _lines(part: str, words: _Words, way_out: str, parted: str) -> str:
    """Return the lines a part lacks; those of settings vanish where nothing is set."""
    leaves = _names(part, "unsubscribe_url")
    lines = []
    if not _names(part, "footer_reason"):
        if leaves:
            lines.append("{% if footer_reason %}{{ footer_reason }}" + parted + _END)
        else:
            lines.append('{{ footer_reason|default("' + words.because + '") }}' + parted)
    if not _names(part, "postal_address"):
        lines.append("{% if postal_address %}{{ postal_address }}" + parted + _END)
    if not leaves:
        lines.append(way_out)
    return "".join(lines)


def _framed(page: str, frame: str, words: _Words, anchor: str) -> str:
    lines = _lines(page, words, anchor, "<br>" if frame is _HTML else "<br/>")
    if not lines:
        return ""
    framed = frame.format(lines=lines)
    return _EITHER + framed + _END if _names(page, "unsubscribe_url") else framed


def _names(part: str, token: str) -> bool:
    return re.search(r"\{\{-?\s*" + token + r"\b", part) is not None


def _before(page: str, end: re.Pattern[str], footer: str) -> str:
    if not page.strip():
        return page
    places = list(end.finditer(page))
    at = places[-1].start() if places else len(page)
    return page[:at] + footer + page[at:]


def _under(text: str, words: _Words) -> str:
    if not text.strip():
        return text
    lines = _lines(text, words, f"{words.leave}: {{{{ unsubscribe_url }}}}\n", "\n")
    if not lines:
        return text
    if _names(text, "unsubscribe_url"):
        return f"{text.rstrip()}{_EITHER}\n\n-- \n{lines}{_END}\n"
    return f"{text.rstrip()}\n\n-- \n{lines}"
