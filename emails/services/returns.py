"""The envelope sender of each mail: where what cannot be delivered comes back to, and of whom.

`b-DELIVERY-CODE@domain` in small letters and digits: mail servers on the way may change capitals.
The Message-ID, `<DELIVERY.TIME.CODE@domain>`, ends with a code of its own: it travels on in every
answer and every archive, so whoever knows it proves that they saw the mail, and no more.
"""

import re
from base64 import b32encode
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b, sha256
from hmac import compare_digest

from django.conf import settings

CODE_BYTES = 10
MOST_NAMED = 5
# Inside a longer mail.
_RETURNS = re.compile(
    r"(?<![A-Za-z0-9-])b-([0-9]{1,19})-([a-z2-7]{16})(?=@)",
    re.IGNORECASE,
)
_IDS = re.compile(
    r"(?<![0-9])([0-9]{1,19})\.[0-9a-f]{8,16}\.([a-z2-7]{16})(?=@)",
    re.IGNORECASE,
)
# What a code proves; one never stands for the other.
RETURN, MESSAGE = b"bounce", b"message-id"
_LOCAL = re.compile(r"b-([0-9]{1,19})-([a-z2-7]{16})\Z")


def address_of(delivery: int, domain: str) -> str:
    """Return the address that a delivery's bounces come to."""
    return f"b-{delivery}-{next(_codes(delivery, RETURN))}@{domain}"


def delivery_of(address: str) -> int | None:
    """Return the delivery whose envelope sender this is; None for what we did not make."""
    found = _LOCAL.match(address.partition("@")[0].lower())
    if not found:
        return None
    delivery = int(found[1])
    genuine = any(compare_digest(code, found[2]) for code in _codes(delivery, RETURN))
    return delivery if genuine else None


def message_code(delivery: int) -> str:
    """Return the code in the Message-ID of a delivery's mail."""
    return next(_codes(delivery, MESSAGE))


def named_in(text: str, *, ids: bool) -> tuple[list[int], bool]:
    """Return the deliveries that a text names, once each; and whether it names one falsely.

    By addresses of return, or with `ids` by Message-IDs alone.
    """
    found: dict[int, None] = {}
    forged = False
    for match in (_IDS if ids else _RETURNS).finditer(text):
        number, code = int(match[1]), match[2].lower()
        purpose = MESSAGE if ids else RETURN
        if any(compare_digest(one, code) for one in _codes(number, purpose)):
            found[number] = None
        else:
            forged = True
        if len(found) >= MOST_NAMED:
            break
    return list(found), forged


@lru_cache(maxsize=8)
def _secret(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _codes(delivery: int, purpose: bytes) -> Iterator[str]:
    """The code by each key; the first one signs."""
    for key in settings.LINK_KEYS.values():
        mac = blake2b(
            str(delivery).encode(), key=_secret(key), person=purpose, digest_size=CODE_BYTES
        )
        yield b32encode(mac.digest()).decode("ascii").lower()
