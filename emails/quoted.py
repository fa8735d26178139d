"""Quoted-printable bodies, piece by piece: what every mail of a version has is encoded once.

* quoted_printable(body, fixed) -> bytes      lines of at most 76 signs, CRLF only
* suits(body, fixed) -> bool      whether base64 would be longer
"""

import re
from binascii import b2a_qp
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

# A text, or its pieces in order.
Body = str | Sequence[str]
LINE = 75
SOFT_BREAK = b"=\r\n"
# One letter beyond ASCII makes six signs of two bytes; base64 makes four of any three.
MOST_BYTES_A_LETTER = 1.15
# What needs no encoding, as most values: nothing beyond ASCII, no equals sign, no space at the end.
# A line of nothing but a dot is encoded, too.
_AS_IT_IS = re.compile(r"[ -<>-~]*[!-\-/-<>-~]").fullmatch


class Encoded(NamedTuple):
    """A piece as it is written, and how long its first and last lines are."""

    data: bytes
    first: int
    last: int
    breaks: bool


def quoted_printable(body: Body, fixed: frozenset[str]) -> bytes:
    """Encode a text or its pieces; those in `fixed` are remembered."""
    written: list[bytes] = []
    column = 0
    for piece in (body,) if isinstance(body, str) else body:
        if piece in fixed:
            data, first, last, breaks = _remembered(piece)
        elif len(piece) <= LINE and _AS_IT_IS(piece):
            data, first, breaks = piece.encode("ascii"), len(piece), False
            last = first
        else:
            data, first, last, breaks = _encoded(piece)
        if column and column + first > LINE:
            written.append(SOFT_BREAK)
            column = 0
        written.append(data)
        column = last if breaks else column + last
    return b"".join(written)


def suits(body: Body, fixed: frozenset[str]) -> bool:
    """Say whether a body has so few letters beyond ASCII that this is the shorter way."""
    if isinstance(body, str):
        return _is_mostly_ascii(body)
    return _are_mostly_ascii(fixed) if fixed else _is_mostly_ascii("".join(body))


@lru_cache(maxsize=256)
def _are_mostly_ascii(pieces: frozenset[str]) -> bool:
    return _is_mostly_ascii("".join(pieces))


def _is_mostly_ascii(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= len(text) * MOST_BYTES_A_LETTER


def _encoded(piece: str) -> Encoded:
    if _AS_IT_IS(piece):
        return _broken(piece.encode("ascii"))
    if "\r" in piece:
        piece = piece.replace("\r\n", "\n").replace("\r", "\n")
    # istext keeps line ends as they are; a space before them and at the end is encoded.
    data = b2a_qp(piece.encode("utf-8", "replace"), istext=True)
    first = data.find(b"\n")
    if first < 0:
        return Encoded(data, len(data), len(data), breaks=False)
    last = len(data) - data.rfind(b"\n") - 1
    return Encoded(data.replace(b"\n", b"\r\n"), first, last, breaks=True)


def _broken(data: bytes) -> Encoded:
    """Break a line that needs nothing else, such as a long address."""
    lines = [data[at : at + LINE] for at in range(0, len(data), LINE)]
    return Encoded(SOFT_BREAK.join(lines), len(lines[0]), len(lines[-1]), breaks=len(lines) > 1)


_remembered = lru_cache(maxsize=8_192)(_encoded)
