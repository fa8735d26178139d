"""What campaigns ask of segments: who is in them."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

# The rows are held: who leaves the segment at this moment is told to the campaign afterwards.
MEMBERS = """
SELECT m.contact_id FROM member m
WHERE m.segment_id = %(segment)s AND m.manual <> 2 AND m.contact_id > %(after)s{joined}
ORDER BY m.contact_id LIMIT %(limit)s FOR SHARE OF m"""
# Who has been in the campaign since they became members did not miss it.
JOINED = """ AND NOT EXISTS (
  SELECT FROM visit w WHERE w.campaign_id = %(campaign)s AND w.contact_id = m.contact_id
    AND w.entered_at >= m.added_at)"""
OUTSIDE = """
SELECT k FROM unnest(%s::bigint[]) k
WHERE NOT EXISTS (SELECT 1 FROM member m
  WHERE m.segment_id = ANY(%s::bigint[]) AND m.contact_id = k AND m.manual <> 2)
ORDER BY k"""


class Entering(NamedTuple):
    """Whose members a publication lets in: all of them, or those alone who missed to come in."""

    segments: list[int]
    missed: list[int]


def members(segment: int, after: int, limit: int, *, missed_by: int | None = None) -> list[int]:
    """Return the next members of a segment by id, and hold their membership.

    `missed_by` is a campaign: those alone who have not entered it since they are members.
    """
    asked = MEMBERS.format(joined="" if missed_by is None else JOINED)
    values = {"segment": segment, "after": after, "limit": limit, "campaign": missed_by}
    with connection.cursor() as cursor:
        cursor.execute(asked, values)
        return [row[0] for row in cursor.fetchall()]


def outside(segments: Sequence[int], contacts: Sequence[int]) -> list[int]:
    """Return the contacts that are in none of these segments."""
    if not contacts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OUTSIDE, [list(contacts), list(segments)])
        return [row[0] for row in cursor.fetchall()]
