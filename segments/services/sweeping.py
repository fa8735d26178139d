"""Sweeps up members of segments that were deleted, and of contacts that are gone."""

from collections.abc import Callable

from django.db import connection, transaction

SLICE = 10_000
# By segment: an index range each, so that a large segment goes in short transactions.
ORPHANED = """
DELETE FROM member WHERE (segment_id, contact_id) IN (
  SELECT segment_id, contact_id FROM member m
  WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = m.{column}) LIMIT %s)"""
LEFT_OVER = """
DELETE FROM member_delta WHERE segment_id NOT IN (SELECT id FROM segment);
DELETE FROM segment_evaluated WHERE segment_id NOT IN (SELECT id FROM segment)"""


def sweep(alive: Callable[[], None]) -> int:
    """Delete in slices; return how many members went."""
    deleted = 0
    for table, column in (("segment", "segment_id"), ("contact", "contact_id")):
        statement = ORPHANED.format(table=table, column=column)
        while gone := _delete(statement, alive):
            deleted += gone
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OVER)
    return deleted


def _delete(statement: str, alive: Callable[[], None]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [SLICE])
        gone: int = cursor.rowcount
        alive()
    return gone
