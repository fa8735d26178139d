"""Makes the plain-text part of a message from its HTML, with its tokens and its addresses.

* text_part(page) -> str      `page` may hold template tags; the text is a template as well

Links that are counted in the page are counted under the same position in the text.
"""

import html
import re
from collections.abc import Iterator

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from content.pieces import COMMENT, pieces
from content.tags import Protected, protect

_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ROW_BEFORE = r"(?:</tr>|<t(?:able|body|head|foot)\b[^<>]*>)\s*"
# Signs of the private use area keep the place of a link while the text is laid out.
_OPEN, _CLOSE, _END = "\ue000", "\ue001", "\ue002"
_TOUCHING = re.compile(f"{_END}(?=[\\w{_OPEN}])")
_LINK = re.compile(f"{_OPEN}(.*?){_CLOSE}(\\d+){_END}", re.DOTALL)


def text_part(page: str) -> str:
    protected = protect(page)
    addresses: list[str] = []
    # What is hidden from readers of the page is left out; the reader does not know !important.
    readable = "".join(_marked(protected.text, addresses)).replace("!important", "")
    readable = _rows(protected, readable)
    text = get_text(readable, ParserConfig(css=CSS_PROFILES["strict"]))
    text = _TOUCHING.sub(f"{_END} ", text)
    text = _LINK.sub(lambda found: _written(found, addresses, protected), text)
    return _tidy(protected, text)


def _marked(text: str, addresses: list[str]) -> Iterator[str]:
    """The page without comments, with marks around the words of its links.

    An image in a link stands for itself by its alternative; other images are left out.
    """
    inside = False
    for piece in pieces(text):
        source = text[piece.start : piece.end]
        if inside and piece.name in ("a", "/a"):
            yield f"{_CLOSE}{len(addresses) - 1}{_END}</span>"
            inside = False
        if piece.name == "a" and (href := _HREF.search(source)):
            addresses.append(next(group for group in href.groups() if group is not None))
            yield f"<span>{_OPEN}"
            inside = True
        elif piece.name == "img":
            yield _alternative(source) if inside else ""
        elif piece.kind != COMMENT and piece.name not in ("a", "/a"):
            yield source
    if inside:
        yield f"{_CLOSE}{len(addresses) - 1}{_END}</span>"


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
