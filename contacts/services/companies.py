"""Companies: found by name or made, for whole batches of contacts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

# The name of a company that became part of another one leads there, until another is given it.
FIND = """
SELECT n.name, coalesce(t.survivor_id, co.id) FROM unnest(%s::text[]) AS n(name)
LEFT JOIN company co ON co.name_key = lower(btrim(n.name))
LEFT JOIN company_trace t ON t.name_key = lower(btrim(n.name))
WHERE coalesce(t.survivor_id, co.id) IS NOT NULL"""
# In order of the key: two batches that make the same companies never wait for each other crosswise.
MAKE = """
INSERT INTO company (name, attrs, version, created_at, updated_at)
SELECT DISTINCT ON (lower(btrim(n.name))) n.name, '{}', 1, %s, %s
FROM unnest(%s::text[]) AS n(name) ORDER BY lower(btrim(n.name))
ON CONFLICT (name_key) DO NOTHING"""
# As foreign keys do when a transaction ends, but before: a merge waits for whoever joins.
HOLD = """
SELECT id FROM company WHERE id = ANY(%s::bigint[]) ORDER BY id FOR KEY SHARE"""
ATTEMPTS = 4


def find_or_make(names: Iterable[str], now: datetime) -> dict[str, int]:
    """Return the company of each name, making those that are missing; they stay till the end."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    for _attempt in range(ATTEMPTS):
        found = _found(wanted, now)
        if hold(found.values()) == set(found.values()):
            break
    return found


def hold(companies: Iterable[int]) -> set[int]:
    """Keep companies from being deleted or merged until the transaction ends; those still there.

    Companies come before contacts in the order of locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(set(companies))])
        return {row[0] for row in cursor.fetchall()}


def _found(wanted: list[str], now: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, [wanted])
        found = dict(cursor.fetchall())
        missing = [name for name in wanted if name not in found]
        if missing:
            cursor.execute(MAKE, [now, now, missing])
            cursor.execute(FIND, [missing])
            found |= dict(cursor.fetchall())
    return found
