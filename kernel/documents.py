"""JSON documents for JSONB: exact numbers in and out."""

import json
import re
from decimal import Decimal
from typing import Any

import orjson


def dumps(value: Any) -> str:
    """Write a document; decimals become JSON numbers with all their digits."""
    return orjson.dumps(value, default=_exact).decode()


def size(value: Any) -> int:
    """Return how many bytes a document takes."""
    return len(orjson.dumps(value, default=_exact))


# Nothing of ours is deeper; what walks a document goes down by itself.
DEEPEST = 100
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SAME_BRACKETS = bytes.maketrans(b"{}", b"[]")


def loads(text: str) -> Any:
    """Read a document; numbers with a fraction become decimals.

    Raises `ValueError` for what is no document, or too deep for one.
    """
    if deeper_than(text.encode(errors="replace"), DEEPEST):
        raise ValueError(text[:100])
    return _exactly(text) if _EXACT.search(text) else orjson.loads(text)


def deeper_than(raw: bytes, limit: int) -> bool:
    """Say whether brackets nest deeper, without recursion: each round takes the innermost away."""
    if raw.count(b"[") + raw.count(b"{") <= limit:
        return False
    brackets = _STRING.sub(b"", raw).translate(_SAME_BRACKETS, _NOT_BRACKETS)
    for _round in range(limit):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            # What is left does not match: the parser will name the place.
            return len(brackets) > limit
        brackets = shorter
    return bool(brackets)


# Kept, since making a decoder costs more than a short document.
_exactly = json.JSONDecoder(parse_float=Decimal).decode
# What may be a number with a fraction, or one longer than 64 bits, for which the quick reader
# would take the nearest float.
_EXACT = re.compile(r"(?:^|[:\[,])\s*-?(?:\d+[.eE]|\d{16})")


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)
