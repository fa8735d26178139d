"""Companies: found by name or made, for whole batches of contacts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

FIND = """
SELECT n.name, co.id FROM unnest(%s::text[]) AS n(name)
JOIN company co ON co.name_key = lower(btrim(n.name))"""
# In order of the key: two batches that make the same companies never wait for each other crosswise.
MAKE = """
INSERT INTO company (name, attrs, version, created_at, updated_at)
SELECT DISTINCT ON (lower(btrim(n.name))) n.name, '{}', 1, %s, %s
FROM unnest(%s::text[]) AS n(name) ORDER BY lower(btrim(n.name))
ON CONFLICT (name_key) DO NOTHING"""


def find_or_make(names: Iterable[str], now: datetime) -> dict[str, int]:
    """Return the company of each name, making those that are missing."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIND, [wanted])
        found = dict(cursor.fetchall())
        missing = [name for name in wanted if name not in found]
        if missing:
            cursor.execute(MAKE, [now, now, missing])
            cursor.execute(FIND, [missing])
            found |= dict(cursor.fetchall())
    return found
