"""What campaigns ask of segments: who is in them."""

from collections.abc import Sequence

from django.db import connection

# The rows are held: who leaves the segment at this moment is told to the campaign afterwards.
MEMBERS = """
SELECT m.contact_id FROM member m
WHERE m.segment_id = %s AND m.manual <> 2 AND m.contact_id > %s
ORDER BY m.contact_id LIMIT %s FOR SHARE OF m"""
OUTSIDE = """
SELECT k FROM unnest(%s::bigint[]) k
WHERE NOT EXISTS (SELECT 1 FROM member m
  WHERE m.segment_id = ANY(%s::bigint[]) AND m.contact_id = k AND m.manual <> 2)
ORDER BY k"""


def members(segment: int, after: int, limit: int) -> list[int]:
    """Return the next members of a segment by id, and hold their membership."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [segment, after, limit])
        return [row[0] for row in cursor.fetchall()]


def outside(segments: Sequence[int], contacts: Sequence[int]) -> list[int]:
    """Return the contacts that are in none of these segments."""
    if not contacts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OUTSIDE, [list(contacts), list(segments)])
        return [row[0] for row in cursor.fetchall()]
