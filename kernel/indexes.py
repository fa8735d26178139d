"""Indexes that a broken `CREATE INDEX CONCURRENTLY` left behind: no question uses them."""

import logging
from contextlib import nullcontext
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import atomic

logger = logging.getLogger(__name__)

# One that is being built at this moment is not broken. Those of custom fields have a job of
# their own; what a rebuilding itself left is a copy, and goes first: building anew makes others.
BROKEN = """
SELECT i.indexrelid::regclass::text, c.relname ~ '_cc(new|old)[0-9]*$'
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace
  AND c.relname !~ '^field_[0-9]+_index$'
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
ORDER BY 2 DESC, c.relname"""


def rebuild_broken(using: str = "default", **_signal: Any) -> list[str]:
    """Build them again beside the traffic, once migrations are through; name those that were.

    A migration that was cut off begins anew and finds its index by name, though it is of no use.
    """
    connection, done = connections[using], []
    # A transaction around this (a test's) makes building beside the traffic impossible.
    beside = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        found: list[tuple[str, bool]] = cursor.fetchall()
    for name, is_copy in found:
        logger.warning("Index %s is not valid: it is built again.", name)
        # Names are the catalogue's, quoted by it.
        verb = "DROP" if is_copy else "REINDEX"
        if _run(connection, f"{verb} INDEX {beside} {name}"):
            done.append(name)
    return done


def _run(connection: BaseDatabaseWrapper, statement: str) -> bool:
    """Say whether it went well: what holds one index up is in the way of no migration."""
    point = atomic(connection.alias) if connection.in_atomic_block else nullcontext()
    try:
        with point, connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        logger.exception("%s failed; the next migration tries again.", statement)
        return False
    return True
