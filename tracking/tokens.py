"""Signed tokens of the links in messages, each good for one purpose.

* make(purpose, *payload) -> str           payload: numbers and texts
* read(purpose, token) -> tuple | None     None for anything changed, foreign or unreadable
* make_click(delivery, position, destination) -> str · read_click(token) -> Click | None

Purposes are those of `PURPOSES`. A token is `KEY.DATA`: the id of the key in `LINK_KEYS`, then
code and payload together in base64url. The code is an HMAC-SHA256 of purpose and payload cut to
128 bits, so a token for one purpose is none for another, and a redirect can only lead where the
message led. The first key of the setting signs; the others are still accepted.
"""

import binascii
import hmac
import json
import re
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.conf import settings

PURPOSES = frozenset(
    {
        "click",
        "open",
        "unsubscribe",
        "preferences",
        "webview",
        "confirm",
        "visit",
        "identify",
        "form",
    }
)
CODE_BYTES = 16
BLOCK_BYTES = 64
MAX_TOKEN = 8_000
Payload = tuple[int | str, ...]

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
_WEB = re.compile(r"https?://[^/?#\\\s]", re.IGNORECASE)
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Click(NamedTuple):
    """What a click token says: whose message, which link, where to."""

    delivery: int
    position: int
    destination: str


def make(purpose: str, *payload: int | str) -> str:
    """Sign a payload for one purpose."""
    if purpose not in PURPOSES:
        raise ValueError(f"There is no purpose {purpose!r}.")
    key_id, key = next(iter(settings.LINK_KEYS.items()))
    data = _written(payload)[1:-1]
    return f"{key_id}.{_encode(_code(key, purpose, data) + data)}"


def read(purpose: str, token: str) -> Payload | None:
    """Return the payload of a token that was made for this purpose and not changed since."""
    key_id, _, encoded = token[: MAX_TOKEN + 1].partition(".")
    key = settings.LINK_KEYS.get(key_id)
    # An unknown key is checked like a known one, so that both take the same time.
    raw = _decode(encoded) if len(token) <= MAX_TOKEN else None
    code, data = (raw or b"")[:CODE_BYTES], (raw or b"")[CODE_BYTES:]
    genuine = hmac.compare_digest(code, _code(key or "", purpose, data))
    if not genuine or key is None or purpose not in PURPOSES:
        return None
    return tuple(json.loads(b"[" + data + b"]"))


def _written(payload: Payload) -> bytes:
    try:
        return orjson.dumps(payload)
    except orjson.JSONEncodeError:
        # A lone surrogate in an address, or a number beyond 64 bits.
        return _write(payload).encode("utf-8", "surrogatepass")


def make_click(delivery: int, position: int, destination: str) -> str:
    """Sign one link of one message; only addresses of the web can be clicked."""
    if not _WEB.match(destination):
        raise ValueError("A counted link must lead to the web.")
    return make("click", delivery, position, destination)


def read_click(token: str) -> Click | None:
    payload = read("click", token)
    if payload is None or len(payload) != len(Click._fields):
        return None
    delivery, position, destination = payload
    if not (isinstance(delivery, int) and isinstance(position, int)):
        return None
    if not (isinstance(destination, str) and _WEB.match(destination)):
        return None
    return Click(delivery, position, destination)


def is_key_id(name: str) -> bool:
    """Whether a key of `LINK_KEYS` may have this id; it is part of addresses."""
    return bool(_KEY_ID.match(name))


def _code(key: str, purpose: str, data: bytes) -> bytes:
    """HMAC-SHA256 of purpose and data: begun once a key, since `hmac` costs four times as much."""
    begun_inside, begun_outside = _begun(key, purpose)
    inside, outside = begun_inside.copy(), begun_outside.copy()
    inside.update(data)
    outside.update(inside.digest())
    code: bytes = outside.digest()
    return code[:CODE_BYTES]


@lru_cache(maxsize=256)
def _begun(key: str, purpose: str) -> tuple[Any, Any]:
    secret = key.encode()
    secret = sha256(secret).digest() if len(secret) > BLOCK_BYTES else secret
    padded = secret.ljust(BLOCK_BYTES, b"\0")
    inside = sha256(bytes(byte ^ 0x36 for byte in padded) + purpose.encode() + b"\0")
    return inside, sha256(bytes(byte ^ 0x5C for byte in padded))


def _encode(raw: bytes) -> str:
    encoded = binascii.b2a_base64(raw, newline=False).translate(_TO_URL)
    return encoded.rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes | None:
    try:
        encoded = text.encode("ascii").translate(_FROM_URL)
        raw = binascii.a2b_base64(encoded + b"=" * (-len(encoded) % 4), strict_mode=True)
    except (ValueError, binascii.Error):
        return None
    # The last sign has spare bits: only the one way of writing that we use is accepted.
    return raw if _encode(raw) == text else None
