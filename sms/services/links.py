"""Short addresses of the links in texts."""

import hmac
from collections.abc import Iterable
from hashlib import sha256

from django.conf import settings
from django.db import connection

# The path of `sms.public.links`.
PATH = "/s/"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# 58 bits: whoever guesses a thousand a second meets one of a million in nine years.
LENGTH = 10
KEEP = """
INSERT INTO sms_link (code, delivery_id, position, url)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::int[], %s::text[])
ON CONFLICT (code) DO UPDATE SET url = excluded.url
WHERE sms_link.delivery_id = excluded.delivery_id AND sms_link.position = excluded.position"""
Link = tuple[str, int, int, str]


def code(delivery: int, position: int) -> str:
    """Return the code of one link of one message: the same at each try."""
    key = next(iter(settings.LINK_KEYS.values())).encode()
    digest = hmac.new(key, f"sms:{delivery}:{position}".encode(), sha256).digest()
    number, found = int.from_bytes(digest, "big"), ""
    for _place in range(LENGTH):
        number, at = divmod(number, len(LETTERS))
        found += LETTERS[at]
    return found


def address(code: str) -> str:
    """Return the address that a code is reached by."""
    return f"{settings.SITE_URL}{PATH}{code}"


def length() -> int:
    """Return how many letters a link takes in a text."""
    return len(address("")) + LENGTH


def keep(links: Iterable[Link]) -> None:
    """Store codes with where they lead: code, delivery, position, address."""
    rows = list(links)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(column) for column in zip(*rows, strict=True)])
