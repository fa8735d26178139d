"""Sittings: an open page that saves is known by a token, so that an answer may be lost on its way.

Sent again, the same content is not saved twice, and what the page itself saved meanwhile is not
taken for somebody else's. The row is claimed in the transaction of the save; who sends the same
twice at once waits for the first.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.http import QueryDict

from api.models import IdempotencyKey

_TOKEN = re.compile(r"[0-9a-f-]{36}")
# What a form carries beside its content.
_ASIDE = frozenset({"csrfmiddlewaretoken", "sitting"})
CLAIM = """
INSERT INTO idempotency_key (user_id, key, fingerprint, body, created_at)
VALUES (%s, %s, '', '', %s)
ON CONFLICT (user_id, key) DO UPDATE SET created_at = excluded.created_at
RETURNING id, fingerprint, body"""


class Sitting:
    """What one open page saved last: the object, its version by then, and a digest of what."""

    def __init__(self, number: int, digest: str, saved: Mapping[str, str]) -> None:
        self._number, self._digest = number, digest
        self.object = saved.get("object", "")
        self.version = saved.get("version", "")

    def repeats(self, digest: str) -> bool:
        """Say whether just this was saved before: its answer never came."""
        return bool(self.object) and digest == self._digest

    def made(self, object_: object, version: object) -> bool:
        """Say whether the page itself made this version."""
        return (self.object, self.version) == (str(object_), str(version))

    def saved(self, object_: object, version: object, digest: str = "") -> None:
        """Remember what was saved, in the transaction of the save."""
        self.object, self.version, self._digest = str(object_), str(version), digest
        body = json.dumps({"object": self.object, "version": self.version}).encode()
        rows = IdempotencyKey.objects.filter(pk=self._number)
        rows.update(fingerprint=digest, body=body)


def claim(user: int, token: str, now: datetime) -> Sitting | None:
    """Return the sitting of a token, held to the end of the transaction; None without a token."""
    if not _TOKEN.fullmatch(token):
        return None
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [user, f"sitting:{token}", now])
        number, digest, body = cursor.fetchone()
    return Sitting(number, digest, json.loads(bytes(body) or b"{}"))


def digest(path: str, content: QueryDict) -> str:
    """Digest what a form sends to an address."""
    kept = [(name, values) for name, values in sorted(content.lists()) if name not in _ASIDE]
    return hashlib.sha256(json.dumps([path, kept]).encode()).hexdigest()
