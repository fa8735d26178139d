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


def loads(text: str) -> Any:
    """Read a document; numbers with a fraction become decimals."""
    return _exactly(text) if _EXACT.search(text) else orjson.loads(text)


# Kept, since making a decoder costs more than a short document.
_exactly = json.JSONDecoder(parse_float=Decimal).decode
# What may be a number with a fraction, or one longer than 64 bits, for which the quick reader
# would take the nearest float.
_EXACT = re.compile(r"(?:^|[:\[,])\s*-?(?:\d+[.eE]|\d{16})")


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)
