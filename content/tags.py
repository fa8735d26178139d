"""Keeps template tags out of the way of tools that read markup: each becomes a plain word.

MJML, HTML and CSS readers know nothing of `{% if a < 3 %}` or `{{ name|default("x") }}`. They
see words instead (`rlv7x` for values, `rlb7x` for blocks), which are changed back afterwards.
"""

import html
import re
from dataclasses import dataclass, field

from content.pieces import TAG as TAG_PIECE
from content.pieces import TEXT, pieces

# A tag ends at the first end mark outside quotes; longer ones than this are left to the parser.
TAG = re.compile(
    r"""\{\{(?:"[^"]*"|'[^']*'|[^"']){0,2000}?\}\}|\{%(?:"[^"]*"|'[^']*'|[^"']){0,2000}?%\}"""
)


@dataclass
class Protected:
    """A source whose tags are words, and the way back."""

    prefix: str
    text: str = ""
    kept: list[str] = field(default_factory=list)

    def hide(self, tag: str) -> str:
        self.kept.append(tag)
        kind = "b" if tag.startswith("{%") else "v"
        return f"{self.prefix}{kind}{len(self.kept) - 1}x"

    @property
    def word(self) -> re.Pattern[str]:
        return re.compile(rf"{self.prefix}[vb](\d+)x")

    def restore(self, text: str) -> str:
        """The text with the tags as they were; also where a word was made an attribute."""
        pattern = rf'<!--{self.prefix}b(\d+)x-->|{self.prefix}[vb](\d+)x(?:="")?'
        return re.sub(pattern, lambda found: self.kept[int(found[1] or found[2])], text)

    def as_comments(self, text: str) -> str:
        """Blocks in text become comments, which may stand anywhere, even between table rows."""
        block = re.compile(rf"{self.prefix}b\d+x")
        kept = []
        for piece in pieces(text):
            part = text[piece.start : piece.end]
            if piece.kind == TEXT:
                part = block.sub(r"<!--\g<0>-->", part)
            kept.append(self._in_tag(part) if piece.kind == TAG_PIECE else part)
        return "".join(kept)

    def _in_tag(self, piece: str) -> str:
        """Blocks among the attributes of a tag become one attribute with all between them."""
        block = rf"{self.prefix}b\d+x"
        quotes = re.sub(r"\"[^\"]*\"|'[^']*'", lambda found: " " * len(found[0]), piece)
        found = list(re.finditer(block, quotes))
        if not found:
            return piece
        start, end = found[0].start(), found[-1].end()
        return piece[:start] + self.hide_region(piece[start:end]) + piece[end:]

    def hide_region(self, region: str) -> str:
        self.kept.append(self.restore(region))
        return f"{self.prefix}v{len(self.kept) - 1}x"

    def origin(self, offset: int) -> int:
        """Where in the original source this place of the protected text was."""
        return len(self.restore(self.text[:offset]))

    def order(self, text: str) -> list[int]:
        return [int(number) for number in self.word.findall(text)]


def protect(source: str) -> Protected:
    prefix = "rl"
    while re.search(rf"{prefix}[vb]\d", source):
        prefix += "q"
    protected = Protected(prefix)
    protected.text = TAG.sub(lambda found: protected.hide(found[0]), source)
    return protected


def count_tags(source: str) -> int:
    return source.count("{{") + source.count("{%")


def normalised(source: str) -> str:
    """Undo inside tags what HTML editors write there: `&gt;`, `&quot;`, no-break spaces."""
    return TAG.sub(lambda found: html.unescape(found[0]).replace("\xa0", " "), source)
