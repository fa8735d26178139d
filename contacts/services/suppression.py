"""Addresses that are never written to, though nobody of that name is a contact (any more)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import connection

# The database computes the digest too, so that whole batches are compared in one statement.
SUPPRESSED = """
SELECT DISTINCT c.id FROM contact c CROSS JOIN unnest(%(peppers)s::bytea[]) AS p(pepper)
JOIN suppression x ON x.channel = 'email' AND x.kind = 'hash'
  AND x.value = encode(sha256(p.pepper || convert_to(c.email_key, 'UTF8')), 'hex')
WHERE c.id = ANY(%(contacts)s) AND c.email_key IS NOT NULL"""
REMEMBER = """
INSERT INTO suppression (channel, kind, value, reason, comment, since)
VALUES (%s, 'hash', %s, %s, '', %s) ON CONFLICT DO NOTHING"""


def _peppers() -> list[bytes]:
    """Return the keys of the digests, derived from the installation's secret and its elders."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hashlib.sha256(b"suppression:" + secret.encode()).digest() for secret in secrets]


def digest(key: str) -> str:
    """Return what is kept of an address whose person was erased."""
    return hashlib.sha256(_peppers()[0] + key.encode()).hexdigest()


def remember(channel: str, key: str, reason: str, now: datetime) -> None:
    """Keep that an address is closed, without keeping the address."""
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [channel, digest(key), reason, now])


def suppressed_by_hash(contacts: Iterable[int]) -> list[int]:
    """Return which contacts have an email address that was erased while it was closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM suppression WHERE kind = 'hash' LIMIT 1")
        if cursor.fetchone() is None:
            return []
        cursor.execute(SUPPRESSED, {"peppers": _peppers(), "contacts": list(contacts)})
        return [row[0] for row in cursor.fetchall()]
