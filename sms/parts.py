"""How many parts a text is sent in: by the letters of GSM 03.38, else in UCS-2.

* count("Bonjour") -> Parts(encoding="GSM-7", units=7, parts=1, room=153)

One part holds 160 septets, or 70 units of 16 bits; of several each holds 153, or 67, since it says
which of them it is. A sign of the extension table takes two septets, one beyond the basic plane two
units, and neither is cut in two.
"""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
) - {"\x1b"}
EXTENDED = frozenset("\f^{}\\[~]|€")
GSM, UCS2 = "GSM-7", "UCS-2"
# Alone, and as one of several.
ROOM = {GSM: (160, 153), UCS2: (70, 67)}
HIGHEST_PLAIN = 0xFFFF


@dataclass(frozen=True, slots=True)
class Parts:
    """How a text is sent; `room` is how many units still fit into the last part."""

    encoding: str
    units: int
    parts: int
    room: int


def encoding(text: str) -> str:
    """Return how a text is written: one sign outside the alphabet changes all of it."""
    return GSM if BASIC.union(EXTENDED).issuperset(text) else UCS2


def foreign(text: str) -> list[str]:
    """Return the signs for which a text is written in UCS-2, each once."""
    return [sign for sign in dict.fromkeys(text) if sign not in BASIC and sign not in EXTENDED]


def count(text: str) -> Parts:
    """Count a text."""
    written = encoding(text)
    widths = [_width(sign, written) for sign in text]
    alone, several = ROOM[written]
    units = sum(widths)
    if units <= alone:
        return Parts(written, units, 1 if units else 0, alone - units)
    parts, used = 1, 0
    for width in widths:
        if used + width > several:
            parts, used = parts + 1, 0
        used += width
    return Parts(written, units, parts, several - used)


def _width(sign: str, written: str) -> int:
    wide = sign in EXTENDED if written == GSM else ord(sign) > HIGHEST_PLAIN
    return 2 if wide else 1
