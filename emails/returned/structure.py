"""Takes a mail apart, whoever wrote it: bounded in size, depth and number of parts, in linear time.

Python's own parser tries each line against each open boundary; here a line is looked up once.

* parse(raw) -> Message     headers, and the parts that hold text, decoded
"""

import re
from binascii import Error as BadBase64
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header
from functools import cached_property

# Bytes that are read of a message, and signs of the text of one part.
LONGEST, LONGEST_PART = 512 * 1024, 64 * 1024
MOST_PARTS, DEEPEST, MOST_HEADERS = 60, 8, 300
LONGEST_HEADER = 8_000
_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]{0,4}:[ \t]?(.*)", re.DOTALL)
_PARAMETER = re.compile(r";\s*([\w-]{1,40})\s*=\s*(?:\"([^\"]{0,200})\"|([^;\s]{1,200}))")
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_HIDDEN = re.compile(r"<(style|script|head)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BREAKING = re.compile(r"<(?:br|p|div|tr|li|h\d|pre|blockquote)\b", re.IGNORECASE)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&"}
_UNKEPT = re.compile("[\0\ud800-\udfff]")
# Python knows others, which yield halves of signs or are slow: utf-7, unicode_escape, punycode.
_CHARSETS = re.compile(
    r"(?:iso|latin|l)[-_]?8859[-_]\d{1,2}|latin[-_]?\d{1,2}|(?:windows|cp)[-_]?\d{3,4}|koi8[-_][rut]"
    r"|gb2312|gbk|gb18030|big5(?:[-_]hkscs)?|euc[-_](?:jp|kr)|shift[-_]?jis|iso[-_]2022[-_](?:jp"
    r"(?:[-_]\d)?|kr)|ks_c_5601-1987|utf[-_]?(?:16|32)(?:[-_]?[lb]e)?|mac[-_]?roman|tis-620",
)


class Headers:
    """Headers by name, in the order of the mail."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._first: dict[str, str] = {}
        for name, value in pairs:
            self._first.setdefault(name, value)

    def get(self, name: str) -> str:
        """Return the first header of that name, decoded; empty where there is none."""
        return decoded(self._first.get(name, ""))

    def all(self, *names: str) -> list[str]:
        """Return all headers of these names, as they stand."""
        return [value for name, value in self.pairs if name in names]

    def __contains__(self, name: str) -> bool:
        return name in self._first

    @cached_property
    def type(self) -> str:
        """Return the type of the content, in small letters."""
        kind = self._first.get("content-type", "").partition(";")[0].strip().lower()
        return kind if "/" in kind else "text/plain"

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Return the parameters of the type."""
        found = _PARAMETER.finditer(self._first.get("content-type", "")[:2_000])
        return {each[1].lower(): each[2] or each[3] or "" for each in found}


@dataclass(frozen=True)
class Part:
    """One leaf: its headers and its text. `original` says that it stands in a mail sent back."""

    headers: Headers
    text: str
    original: bool

    @property
    def type(self) -> str:
        """Return the type of the content."""
        return self.headers.type


@dataclass(frozen=True)
class Message:
    """A mail: its own headers and all leaves, in order. Headers of mails in it are leaves, too."""

    headers: Headers
    parts: Sequence[Part]

    @property
    def text(self) -> str:
        """Return what stands in it for people: plain text where there is some, else of the HTML."""
        own = [part for part in self.parts if not part.original]
        plain = [one.text for one in own if one.type == "text/plain" and one.text.strip()]
        other = [plain_of(one.text) for one in own if one.type == "text/html"]
        return "\n".join(plain or other)


@dataclass
class _Open:
    """A container whose end is awaited."""

    boundary: bytes
    original: bool
    digest: bool = False


@dataclass
class _Reader:
    lines: Sequence[bytes]
    parts: list[Part] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    # By boundary, which of the open containers it is of.
    places: dict[bytes, int] = field(default_factory=dict)
    at: int = 0

    def whole(self) -> Message:
        headers = self.headers()
        self.entity(headers, original=False)
        while self.at < len(self.lines) and len(self.parts) < MOST_PARTS:
            # Here a boundary was met: what follows is a part of the container it belongs to.
            place = self._place(self.lines[self.at])
            self.at += 1
            if place is None:
                continue
            number, closes = place
            self._close(number if closes else number + 1)
            if not closes:
                self.entity(self.headers(), original=self.open[number].original)
        return Message(headers, self.parts)

    def headers(self) -> Headers:
        """Read headers up to the empty line; a boundary ends them, too."""
        pairs: list[tuple[str, str]] = []
        name = ""
        pieces: list[str] = []

        def end() -> None:
            if name and len(pairs) < MOST_HEADERS:
                pairs.append((name, " ".join(pieces)[:LONGEST_HEADER]))

        while self.at < len(self.lines):
            line = self.lines[self.at]
            if self._place(line) is not None:
                break
            self.at += 1
            if not line.strip():
                break
            text = line[:LONGEST_HEADER].decode("utf-8", "replace")
            found = None if text[0] in " \t" else _FIELD.match(text)
            if found is None:
                # Folded; some programs forget the space in front.
                if len(pieces) < MOST_HEADERS:
                    pieces.append(text.strip())
                continue
            end()
            name, pieces = found[1].lower(), [found[2].strip()]
        end()
        return Headers(pairs)

    def entity(self, headers: Headers, *, original: bool, depth: int = 0) -> None:
        """Read the body that follows these headers, up to the next boundary."""
        kind = headers.type
        boundary = headers.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        if kind.startswith("multipart/") and boundary and len(self.open) < DEEPEST:
            self.places[boundary] = len(self.open)
            self.open.append(_Open(boundary, original))
            # What stands before the first boundary is for readers that know no parts.
            self._leaf(Headers([("content-type", "text/x-preamble")]), original=original)
        elif kind == "message/rfc822" and not _is_encoded(headers) and depth < DEEPEST:
            inner = self.headers()
            self.parts.append(Part(_AS_HEADERS, _written(inner), original=True))
            self.entity(inner, original=True, depth=depth + 1)
        else:
            self._leaf(headers, original=original)

    def _leaf(self, headers: Headers, *, original: bool) -> None:
        kept, size = [], 0
        while self.at < len(self.lines) and self._place(self.lines[self.at]) is None:
            if size < LONGEST_PART * 2:
                kept.append(self.lines[self.at])
                size += len(self.lines[self.at]) + 1
            self.at += 1
        if _holds_text(headers.type) and len(self.parts) < MOST_PARTS:
            text = _text(headers, b"\n".join(kept))
            if text.strip():
                self.parts.append(Part(headers, text, original))

    def _place(self, line: bytes) -> tuple[int, bool] | None:
        """Return of which open container a line is the boundary, and whether it is its last."""
        if not self.places or line[:2] != b"--":
            return None
        name = line[2:].rstrip()
        if (found := self.places.get(name)) is not None:
            return found, False
        if name.endswith(b"--") and (found := self.places.get(name[:-2])) is not None:
            return found, True
        return None

    def _close(self, number: int) -> None:
        while len(self.open) > number:
            self.places.pop(self.open.pop().boundary, None)


_AS_HEADERS = Headers([("content-type", "text/rfc822-headers")])


def parse(raw: bytes) -> Message:
    """Take a mail apart; line ends may be of any kind."""
    data = raw[:LONGEST].replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    lines = data.lstrip(b"\n").split(b"\n")
    # As a mailbox file writes it.
    if lines[0].startswith((b"From ", b">From ")):
        lines = lines[1:]
    return _Reader(lines).whole()


def fields(text: str) -> Iterator[Headers]:
    """Read groups of headers that empty lines divide, as in reports."""
    for group in re.split(r"\n[ \t]*\n", text[:LONGEST_PART]):
        reader = _Reader([line.encode("utf-8", "replace") for line in group.strip().split("\n")])
        if (found := reader.headers()).pairs:
            yield found


def decoded(value: str) -> str:
    """Return a header with its encoded words read; as it stands where they cannot be."""
    if "=?" not in value:
        return value
    with suppress(ValueError, LookupError, MessageError):
        pieces = decode_header(value[:2_000])
        return clean(
            "".join(
                piece if isinstance(piece, str) else piece.decode(_charset(charset), "replace")
                for piece, charset in pieces
            )
        )
    return value


def clean(text: str) -> str:
    """Return a text without what no database and no page takes: NUL, halves of surrogates."""
    return _UNKEPT.sub("", text)


def _charset(name: str | None) -> str:
    """Return the charset to read by; UTF-8 for what is none of mail's, or costs too much."""
    found = (name or "").strip().lower()
    return found if _CHARSETS.fullmatch(found) else "utf-8"


def plain_of(html: str) -> str:
    """Return the words of HTML, a line for each block."""
    text = _MARKUP.sub(" ", _BREAKING.sub("\n<", _HIDDEN.sub(" ", html[:LONGEST_PART])))
    for entity, sign in _ENTITIES.items():
        text = text.replace(entity, sign)
    return text


def _is_encoded(headers: Headers) -> bool:
    return headers.get("content-transfer-encoding").strip().lower() in {
        "base64",
        "quoted-printable",
    }


def _holds_text(kind: str) -> bool:
    return kind.startswith(("text/", "message/"))


def _text(headers: Headers, data: bytes) -> str:
    encoding = headers.get("content-transfer-encoding").strip().lower()
    if encoding == "base64":
        data = _base64(data)
    elif encoding == "quoted-printable":
        data = a2b_qp(data)
    charset = _charset(headers.parameters.get("charset"))
    try:
        text = data[:LONGEST_PART].decode(charset, "replace")
    except (LookupError, ValueError):
        text = data[:LONGEST_PART].decode("utf-8", "replace")
    return clean(text.replace("\r\n", "\n"))


def _base64(data: bytes) -> bytes:
    clean = b"".join(data.split())
    # A piece that was cut off has no end.
    clean = clean[: len(clean) // 4 * 4]
    with suppress(BadBase64, ValueError):
        return a2b_base64(clean)
    return data


def _written(headers: Headers) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.pairs)
