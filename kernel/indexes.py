"""Indexes that a broken `CREATE INDEX CONCURRENTLY` left behind: no question uses them."""

import logging
from typing import Any

from django.db import connections

logger = logging.getLogger(__name__)

# One that is being built at this moment is not broken. Those of custom fields have a job of
# their own; what a rebuilding itself left is a copy, and goes.
BROKEN = """
SELECT i.indexrelid::regclass::text, c.relname ~ '_cc(new|old)[0-9]*$'
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace
  AND c.relname !~ '^field_[0-9]+_index$'
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
ORDER BY c.relname"""


def rebuild_broken(using: str = "default", **_signal: Any) -> list[str]:
    """Build them again beside the traffic, once migrations are through; return their names.

    A migration that was cut off begins anew and finds its index by name, though it is of no use.
    """
    connection = connections[using]
    # A transaction around this (a test's) makes building beside the traffic impossible.
    beside = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        found: list[tuple[str, bool]] = cursor.fetchall()
        for name, is_copy in found:
            logger.warning("Index %s is not valid: it is built again.", name)
            # Names are the catalogue's, quoted by it.
            verb = "DROP" if is_copy else "REINDEX"
            cursor.execute(f"{verb} INDEX {beside} {name}")
    return [name for name, _is_copy in found]
