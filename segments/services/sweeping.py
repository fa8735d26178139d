"""Sweeps up members that late evaluations, deleted segments or forgotten contacts left behind."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from kernel import clock
from kernel.locks import pass_lanes
from segments.models import Member, Segment
from segments.services import members

SLICE = 10_000
# By segment: an index range each, so that a large segment goes in short transactions.
ORPHANED = """
WITH gone AS (
  DELETE FROM member WHERE (segment_id, contact_id) IN (
    SELECT segment_id, contact_id FROM member m
    WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = m.{column}) LIMIT %s)
  RETURNING segment_id, manual),
told AS (
  INSERT INTO segment_departure (segment_id, at, members)
  SELECT segment_id, %s, count(*) FROM gone WHERE manual <> 2 GROUP BY 1),
counted AS (
  INSERT INTO member_delta (segment_id, delta)
  SELECT segment_id, -count(*) FROM gone WHERE manual <> 2 GROUP BY 1)
SELECT count(*) FROM gone"""
LEFT_OVER = """
DELETE FROM member_delta WHERE segment_id NOT IN (SELECT id FROM segment);
DELETE FROM segment_evaluated WHERE segment_id NOT IN (SELECT id FROM segment);
DELETE FROM segment_departure
WHERE segment_id NOT IN (SELECT id FROM segment) OR at < %(oldest)s"""
# Growth is told for 366 days.
KEPT = timedelta(days=400)


def sweep(alive: Callable[[], None]) -> int:
    """Delete in slices; return how many members went."""
    # Evaluations that began before a segment was deleted end first.
    pass_lanes()
    deleted = 0
    for table, column in (("segment", "segment_id"), ("contact", "contact_id")):
        statement = ORPHANED.format(table=table, column=column)
        while gone := _delete(statement, alive):
            deleted += gone
    by_hand = Segment.objects.filter(filter__isnull=True).values("pk")
    late = Member.objects.filter(segment_id__in=by_hand, manual=Member.Origin.FILTER)
    for segment in set(late.values_list("segment_id", flat=True)):
        members.keep_all(segment)
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OVER, {"oldest": clock.now() - KEPT})
    return deleted


def _delete(statement: str, alive: Callable[[], None]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [SLICE, clock.now()])
        gone: int = cursor.fetchone()[0]
        alive()
    return gone
