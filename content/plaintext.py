"""Makes the plain-text part of a message from its HTML, with its tokens and its addresses.

* text_part(page) -> str      `page` may hold template tags; the text is a template as well

Links that are counted in the page are counted under the same position in the text.
"""

import html
import re

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from content.tags import Protected, protect

_CONDITIONAL = re.compile(r"<!--\[if.*?<!\[endif\]-->|<!--.*?-->", re.DOTALL)
_ANCHOR = re.compile(
    r"""<a\b((?:"[^"]*"|'[^']*'|[^'">])*)>(.*?)</a\s*>""", re.DOTALL | re.IGNORECASE
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_IMAGE = re.compile(r"""<img\b(?:"[^"]*"|'[^']*'|[^'">])*>""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ROW_BEFORE = r"(?:</tr>|<t(?:able|body|head|foot)\b[^>]*>)\s*"
# Signs of the private use area keep the place of a link while the text is laid out.
_OPEN, _CLOSE, _END = "\ue000", "\ue001", "\ue002"
_TOUCHING = re.compile(f"{_END}(?=[\\w{_OPEN}])")
_LINK = re.compile(f"{_OPEN}(.*?){_CLOSE}(\\d+){_END}", re.DOTALL)


def text_part(page: str) -> str:
    protected = protect(page)
    addresses: list[str] = []
    readable = _rows(protected, _CONDITIONAL.sub("", protected.text))
    readable = _ANCHOR.sub(lambda found: _marked(found, addresses), readable)
    readable = _IMAGE.sub("", readable)
    # What is hidden from readers of the page is left out; the reader does not know !important.
    readable = readable.replace("!important", "")
    text = get_text(readable, ParserConfig(css=CSS_PROFILES["strict"]))
    text = _TOUCHING.sub(f"{_END} ", text)
    text = _LINK.sub(lambda found: _written(found, addresses, protected), text)
    return _tidy(protected, text)


def _marked(anchor: re.Match[str], addresses: list[str]) -> str:
    """The anchor with marks around its words; an image stands for itself by its alternative."""
    href = _HREF.search(anchor[1])
    words = _IMAGE.sub(lambda image: _alternative(image[0]), anchor[2])
    if not href:
        return words
    addresses.append(next(group for group in href.groups() if group is not None))
    return f"<span>{_OPEN}{words}{_CLOSE}{len(addresses) - 1}{_END}</span>"


def _alternative(image: str) -> str:
    found = _ALT.search(image)
    return (found[1] or found[2] or "") if found else ""


def _written(link: re.Match[str], addresses: list[str], protected: Protected) -> str:
    label, address = " ".join(link[1].split()), addresses[int(link[2])].strip()
    counted = re.fullmatch(rf"({protected.prefix}b\d+x)(.*)({protected.prefix}b\d+x)", address)
    # A counted address was already read from the markup; see content.links.
    bare = counted[2] if counted else re.sub(r"^(mailto|tel|sms):", "", html.unescape(address))
    if not bare or bare.startswith("#"):
        return label
    shown = address if counted else bare
    return shown if not label or label == bare else f"{label} ({shown})"


def _rows(protected: Protected, text: str) -> str:
    """Blocks between table rows become rows, or a reader would move them out of the table."""
    block = f"{protected.prefix}b\\d+x"
    blocks = rf"((?:{block}\s*)+)"
    pattern = re.compile(rf"({_ROW_BEFORE}){blocks}|{blocks}(?=<tr\b)", re.IGNORECASE)

    def row(found: re.Match[str]) -> str:
        return f"{found[1] or ''}<tr><td>{found[2] or found[3]}</td></tr>"

    return pattern.sub(row, text)


def _tidy(protected: Protected, text: str) -> str:
    lines = [re.sub(r"[ \t\u00a0]{2,}", "  ", line).strip() for line in text.splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
    # A line that holds only blocks leaves no empty line behind.
    block = f"{protected.prefix}b\\d+x"
    text = re.sub(rf"^((?:{block}\s*?)+)\n", r"\1", text, flags=re.MULTILINE)
    return protected.restore(text)
