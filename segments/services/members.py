"""Members by hand: who is added or removed by hand stays so, whatever the filter says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from kernel.locks import lock_contacts
from segments.models import Member, Segment
from segments.services.records import Moves, record

# Returns who was no member before; the row says since when, and that a hand did it.
ADD = """
WITH wanted AS (SELECT unnest(%(contacts)s::bigint[]) contact_id),
before AS MATERIALIZED (
  SELECT m.contact_id FROM member m JOIN wanted USING (contact_id)
  WHERE m.segment_id = %(segment)s AND m.manual <> 2),
written AS (
  INSERT INTO member (segment_id, contact_id, added_at, manual)
  SELECT %(segment)s, contact_id, %(at)s, 1 FROM wanted ORDER BY contact_id
  ON CONFLICT (segment_id, contact_id) DO UPDATE
    SET manual = 1, added_at = CASE WHEN member.manual = 2 THEN excluded.added_at
                                    ELSE member.added_at END
    WHERE member.manual <> 1)
SELECT contact_id FROM wanted EXCEPT SELECT contact_id FROM before"""
# A filter could bring them back, so their row stays and says no.
EXCLUDE = """
WITH wanted AS (SELECT unnest(%(contacts)s::bigint[]) contact_id),
before AS MATERIALIZED (
  SELECT m.contact_id FROM member m JOIN wanted USING (contact_id)
  WHERE m.segment_id = %(segment)s AND m.manual <> 2),
written AS (
  INSERT INTO member (segment_id, contact_id, added_at, manual)
  SELECT %(segment)s, contact_id, %(at)s, 2 FROM wanted ORDER BY contact_id
  ON CONFLICT (segment_id, contact_id) DO UPDATE SET manual = 2 WHERE member.manual <> 2)
SELECT contact_id FROM before"""
REMOVE = """
DELETE FROM member WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s)
RETURNING contact_id"""
COUNT = """
INSERT INTO member_delta (segment_id, delta) SELECT %s, %s WHERE %s <> 0"""


@dataclass(frozen=True)
class Changed:
    """How many contacts entered and left."""

    added: int
    removed: int


def change(
    segment: Segment,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
    *,
    now: datetime,
    depth: int = 0,
    bulk: bool = False,
) -> Changed:
    """Add and remove contacts by hand; those that don't exist are left out."""
    wanted, unwanted = set(add), set(remove)
    known = set(lock_contacts(wanted | unwanted))
    moves = Moves()
    for contact in _write(ADD, segment, sorted(wanted & known), now):
        moves.add(segment.pk, contact, entered=True)
    statement = EXCLUDE if segment.is_dynamic else REMOVE
    for contact in _write(statement, segment, sorted(unwanted & known), now):
        moves.add(segment.pk, contact, entered=False)
    delta = len(moves.entered) - len(moves.left)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [segment.pk, delta, delta])
    record(moves, now, depth=depth, bulk=bulk, reads=[f"segment:{segment.pk}"])
    return Changed(len(moves.entered), len(moves.left))


def _write(statement: str, segment: Segment, contacts: Sequence[int], now: datetime) -> list[int]:
    if not contacts:
        return []
    values: dict[str, Any] = {"segment": segment.pk, "contacts": list(contacts), "at": now}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sorted(row[0] for row in cursor.fetchall())


def keep_all(segment: Segment) -> None:
    """Make everybody a member by hand: the segment gives up its filter."""
    Member.objects.filter(segment_id=segment.pk, manual=Member.Origin.FILTER).update(
        manual=Member.Origin.ADDED
    )
    Member.objects.filter(segment_id=segment.pk, manual=Member.Origin.REMOVED).delete()
