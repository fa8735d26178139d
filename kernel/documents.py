"""JSON documents for JSONB: exact numbers in and out."""

import json
import re
from decimal import Decimal
from typing import Any

import orjson


def dumps(value: Any) -> str:
    """Write a document; decimals become JSON numbers with all their digits."""
    return _written(value).decode()


def size(value: Any) -> int:
    """Return how many bytes a document takes."""
    return len(_written(value))


def _written(value: Any) -> bytes:
    try:
        return orjson.dumps(value, default=_exact)
    except TypeError:
        return orjson.dumps(fitting(value), default=_exact)


def fitting(value: Any) -> Any:
    """Return a document whose whole numbers beyond 64 bits are decimals.

    JSONB writes `1e300` with all its digits, which readers take for a whole number, and orjson
    refuses to write such a one.
    """
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return Decimal(value)
    if isinstance(value, dict):
        return {key: fitting(item) for key, item in value.items()}
    return [fitting(item) for item in value] if isinstance(value, list | tuple) else value


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
