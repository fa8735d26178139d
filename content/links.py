"""Finds the links of a message and makes the body whose links are counted.

* track_html(page, numbers) -> str      each link inside `{% filter tracked(n) %}…{% endfilter %}`
* track_text(text, numbers) -> str      the same for a plain-text part
* Numbers().links -> list[Link(position, destination, label)], positions from 1

A link is counted when it leads to the web: not mailto or tel, not `#`, not the unsubscribe,
preferences and web-view addresses, and not an element with the attribute `data-no-track`.
Everything but the value of the address stays as it is, byte for byte, conditional comments too.
"""

import html
import re
from dataclasses import dataclass, field

from content.pieces import TAG, TEXT, Piece, pieces
from content.tags import Protected, protect

UNTRACKED_TOKENS = re.compile(
    r"\s*\{\{\s*(unsubscribe_url|preferences_url|webview_url|confirm_url)\b", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=>"'/]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'>]+)))?"""
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_TEXT_URL = re.compile(r"https?://[^\s<>\"'\u00a0]{1,2000}", re.IGNORECASE)
_TRAILING = ".,;:!?)]}»\u201d\u2019"
_PAIRS = {")": "(", "]": "[", "}": "{"}
MAX_LABEL = 120
FURTHEST_WORDS = 40
_LINKS = frozenset({"a", "area"})
_ALT = re.compile(r"""\balt\s*=\s*["']([^"']*)""", re.IGNORECASE)


@dataclass(frozen=True)
class Link:
    """One counted link; the destination may hold tokens."""

    position: int
    destination: str
    label: str = ""


@dataclass
class Numbers:
    """Gives each link of the HTML its position and lets the text part use the same ones."""

    links: list[Link] = field(default_factory=list)

    def new(self, destination: str, label: str) -> int:
        self.links.append(Link(len(self.links) + 1, destination, label[:MAX_LABEL]))
        return len(self.links)

    def same_or_new(self, destination: str) -> int:
        for link in self.links:
            if link.destination == destination:
                return link.position
        return self.new(destination, "")


def tracked(position: int, destination: str) -> str:
    return f"{{% filter tracked({position}) %}}{destination}{{% endfilter %}}"


def is_tracked(destination: str) -> bool:
    """Whether this address leads to the web; one that begins with a token may."""
    if UNTRACKED_TOKENS.match(destination):
        return False
    return bool(_WEB.match(destination)) or destination.startswith("{")


@dataclass(frozen=True)
class _Address:
    """Where in the page the value of one href stands."""

    start: int
    end: int
    destination: str


def track_html(page: str, numbers: Numbers) -> str:
    protected = protect(page)
    text = protected.text
    kept, at = [], 0
    read = list(pieces(text, conditions=True))
    for place, piece in enumerate(read):
        if piece.kind != TAG or not (piece.name in _LINKS or piece.name.startswith("v:")):
            continue
        address = _address(protected, piece)
        if address is None or not is_tracked(address.destination):
            continue
        number = numbers.new(address.destination, _label(protected, read, place))
        kept += [text[at : address.start], tracked(number, address.destination)]
        at = address.end
    return protected.restore("".join([*kept, text[at:]]))


def _address(protected: Protected, piece: Piece) -> _Address | None:
    """The href of the element, None when it has none or opts out."""
    found: _Address | None = None
    offset = piece.start + len(piece.name) + 1
    for attribute in _ATTRIBUTE.finditer(protected.text, offset, piece.end - 1):
        name = attribute["name"].lower()
        if name == "data-no-track":
            return None
        if name != "href" or found:
            continue
        group = next((g for g in ("double", "single", "bare") if attribute[g] is not None), None)
        if group:
            value = html.unescape(attribute[group]).strip()
            found = _Address(*attribute.span(group), protected.restore(value))
    return found


def _label(protected: Protected, read: list[Piece], place: int) -> str:
    """What a person sees of the link: its words, or those that stand for its image."""
    words, alternative = "", ""
    if read[place].name == "area" and (alt := _ALT.search(protected.text, *_span(read[place]))):
        alternative = alt[1]
    for piece in _within(read, place):
        source = protected.text[piece.start : piece.end]
        if piece.kind == TEXT:
            words += f" {source}"
        elif piece.name == "img" and (alt := _ALT.search(source)):
            alternative = alternative or alt[1]
    label = html.unescape(words if words.strip() else alternative)
    return protected.restore(" ".join(label.split()))


def _within(read: list[Piece], place: int) -> list[Piece]:
    """The pieces of one element; an area has none, an unclosed one ends somewhere."""
    following = read[place + 1 : place + 1 + FURTHEST_WORDS]
    ends = (at for at, piece in enumerate(following) if piece.name == f"/{read[place].name}")
    return following[: next(ends, 0)]


def _span(piece: Piece) -> tuple[int, int]:
    return piece.start, piece.end


def _without_punctuation(address: str) -> str:
    while address[-1] in _TRAILING:
        opening = _PAIRS.get(address[-1])
        if opening and address.count(opening) >= address.count(address[-1]):
            break
        address = address[:-1]
    return address


def track_text(text: str, numbers: Numbers) -> str:
    protected = protect(text)

    def counted(found: re.Match[str]) -> str:
        address = _without_punctuation(found[0])
        destination = protected.restore(address)
        number = numbers.same_or_new(destination)
        return tracked(number, destination) + found[0][len(address) :]

    return protected.restore(_TEXT_URL.sub(counted, protected.text))
