"""The envelope sender of each mail: where what cannot be delivered comes back to, and of whom.

`b-DELIVERY-CODE@domain` in small letters and digits: mail servers on the way may change capitals.
The Message-ID ends with the same code, `<DELIVERY.TIME.CODE@domain>`.
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
# Inside a longer mail: as an address of return, or as a Message-ID.
_ANYWHERE = re.compile(
    r"(?<![A-Za-z0-9-])b-([0-9]{1,19})-([a-z2-7]{16})(?=@)"
    r"|(?<![0-9])([0-9]{1,19})\.[0-9a-f]{8,16}\.([a-z2-7]{16})(?=@)",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"b-([0-9]{1,19})-([a-z2-7]{16})\Z")


def address_of(delivery: int, domain: str) -> str:
    """Return the address that a delivery's bounces come to."""
    return f"b-{delivery}-{next(_codes(delivery))}@{domain}"


def delivery_of(address: str) -> int | None:
    """Return the delivery whose envelope sender this is; None for what we did not make."""
    found = _LOCAL.match(address.partition("@")[0].lower())
    if not found:
        return None
    delivery = int(found[1])
    genuine = any(compare_digest(code, found[2]) for code in _codes(delivery))
    return delivery if genuine else None


def code_of(delivery: int) -> str:
    """Return the code that proves that a delivery's number was written by us."""
    return next(_codes(delivery))


def named_in(text: str) -> tuple[list[int], bool]:
    """Return the deliveries that a text names, once each; and whether it names one falsely."""
    found: dict[int, None] = {}
    forged = False
    for match in _ANYWHERE.finditer(text):
        number, code = int(match[1] or match[3]), (match[2] or match[4]).lower()
        if any(compare_digest(one, code) for one in _codes(number)):
            found[number] = None
        else:
            forged = True
        if len(found) >= MOST_NAMED:
            break
    return list(found), forged


@lru_cache(maxsize=8)
def _secret(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _codes(delivery: int) -> Iterator[str]:
    """The code by each key; the first one signs."""
    for key in settings.LINK_KEYS.values():
        mac = blake2b(
            str(delivery).encode(), key=_secret(key), person=b"bounce", digest_size=CODE_BYTES
        )
        yield b32encode(mac.digest()).decode("ascii").lower()
