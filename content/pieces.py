"""Reads HTML piece by piece: text, tags, comments, styles and scripts, in one linear pass.

* pieces(text, conditions=False) -> Iterator[Piece]; all pieces together are the text
  With `conditions` the markup inside conditional comments, which Outlook shows, is read as well.
* size_of(text) -> (number of tags, depth of nesting)
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

TEXT, TAG, COMMENT, RAW = "text", "tag", "comment", "raw"
RAW_ELEMENTS = frozenset({"style", "script", "title", "textarea"})
# Elements without content, and those that the next of their kind closes.
_FLAT = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"}
    | {"wbr", "p", "li", "tr", "td", "th", "tbody", "thead", "tfoot", "dt", "dd", "option"}
    | {"html", "head", "body", "colgroup", "caption"}
)
_OPENING = re.compile(r"<(?:!--|(/?)([a-zA-Z][^\s/>\"'<]*))")
_REST = re.compile(r"""(?>"[^"]*"|'[^']*'|[^'"<>]+)*+>""")
_CONDITION = re.compile(r"<!--\[if[^\]<>]{0,200}\]>(?:<!--?-?>)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of the source; tags and raw elements have a name, closing tags begin with /."""

    kind: str
    start: int
    end: int
    name: str = ""


def pieces(text: str, *, conditions: bool = False) -> Iterator[Piece]:
    at = begun = 0
    while found := _OPENING.search(text, at):
        piece = _piece(text, found, conditions=conditions)
        if piece is None:
            at = found.end()
            continue
        if begun < piece.start:
            yield Piece(TEXT, begun, piece.start)
        yield piece
        at = begun = piece.end
    if begun < len(text):
        yield Piece(TEXT, begun, len(text))


def _piece(text: str, found: re.Match[str], *, conditions: bool) -> Piece | None:
    start = found.start()
    if found[2] is None:
        condition = _CONDITION.match(text, start) if conditions else None
        return Piece(COMMENT, start, condition.end() if condition else _comment_end(text, start))
    rest = _REST.match(text, found.end())
    if not rest:
        return None
    name = found[2].lower()
    if name in RAW_ELEMENTS and not found[1]:
        close = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, rest.end())
        return Piece(RAW, start, close.end() if close else len(text), name)
    return Piece(TAG, start, rest.end(), found[1] + name)


def _comment_end(text: str, start: int) -> int:
    # "<!-->" is a comment of its own.
    end = text.find("-->", start + 2)
    return len(text) if end < 0 else end + 3


def size_of(text: str) -> tuple[int, int]:
    """How many tags there are, and how deeply elements nest, taken pessimistically."""
    count = depth = deepest = 0
    opened: Counter[str] = Counter()
    for piece in pieces(text):
        name = piece.name.removeprefix("/")
        count += piece.kind == TAG
        # Outside of pictures a slash at the end closes nothing, whatever authors think.
        closed = text[piece.end - 2] == "/" and opened["svg"]
        if piece.kind != TAG or name in _FLAT or closed:
            continue
        if name == piece.name:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return count, deepest
