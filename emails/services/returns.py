"""The envelope sender of each mail: where what cannot be delivered comes back to, and of whom.

`b-DELIVERY-CODE@domain` in small letters and digits: mail servers on the way may change capitals.
"""

import re
from base64 import b32encode
from collections.abc import Iterator
from hashlib import blake2b, sha256
from hmac import compare_digest

from django.conf import settings

CODE_BYTES = 10
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


def _codes(delivery: int) -> Iterator[str]:
    """The code by each key; the first one signs."""
    for key in settings.LINK_KEYS.values():
        secret = sha256(key.encode()).digest()
        mac = blake2b(str(delivery).encode(), key=secret, person=b"bounce", digest_size=CODE_BYTES)
        yield b32encode(mac.digest()).decode("ascii").lower()
