"""Aliases of deleted sensitive fields, which old versions, files and the trail still name."""

import json

from django.db import connection

from kernel import clock

KEY = "contacts.once_sensitive"
_ADD = """
INSERT INTO preference (key, value, changed_at)
VALUES (%(key)s, to_jsonb(ARRAY[%(alias)s::text]), %(now)s)
ON CONFLICT (key) DO UPDATE SET changed_at = EXCLUDED.changed_at, value =
  CASE WHEN preference.value ? %(alias)s THEN preference.value
  ELSE preference.value || EXCLUDED.value END
"""


def aliases() -> frozenset[str]:
    """Return the aliases of all that were deleted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT value::text FROM preference WHERE key = %s", [KEY])
        row = cursor.fetchone()
    return frozenset(json.loads(row[0])) if row else frozenset()


def add(alias: str) -> None:
    """Note that a sensitive field was deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"key": KEY, "alias": alias, "now": clock.now()})
