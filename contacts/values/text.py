"""Texts: one line or several, in NFC, without characters that end headers or break storage."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem

# An index entry of PostgreSQL holds 2,700 bytes: 500 characters of four bytes fit.
SHORT = 500
LONG = 100_000
# Control characters, line and paragraph separators, lone surrogates, non-characters.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORBIDDEN_IN_LINES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_ENDS = "\ufeff\u200b\u200e\u200f"
_BIGGEST = 10**18
# They turn what follows round, so that a name reads as another one; marks that Arabic and Hebrew
# need beside numbers stay.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def line(raw: Any, limit: int = SHORT) -> str:
    """Check a text of one line; spaces around it are not part of it."""
    value = given(raw)
    if len(value) > limit:
        _shorter(value, limit)
    if value.isascii() and value.isprintable():
        return value.strip()
    value = unicodedata.normalize("NFC", value.translate(_TURNING)).strip().strip(_ENDS).strip()
    if "\n" in value or "\r" in value:
        raise ValueProblem("line_break", _("This must be a single line."))
    _refuse(_FORBIDDEN, value)
    return value


def lines(raw: Any, limit: int = LONG) -> str:
    """Check a text of several lines; every line ends in a line feed."""
    value = given(raw).replace("\r\n", "\n").replace("\r", "\n")
    value = unicodedata.normalize("NFC", value).strip().strip(_ENDS)
    if len(value) > limit:
        _shorter(value, limit)
    _refuse(_FORBIDDEN_IN_LINES, value)
    return value


def given(raw: Any) -> str:
    """Return a text as it was given; whole numbers are taken too (postcodes, customer numbers)."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < _BIGGEST:
        return str(raw)
    raise ValueProblem("invalid_type", _("A text is expected."))


def _shorter(value: str, limit: int) -> None:
    if len(value.strip()) > limit:
        raise ValueProblem(
            "too_long", _("At most %(limit)s characters are possible."), {"limit": limit}
        )


def _refuse(pattern: re.Pattern[str], value: str) -> None:
    if pattern.search(value):
        raise ValueProblem(
            "invalid_characters", _("This contains characters that cannot be stored.")
        )
