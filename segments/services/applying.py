"""Writes what a build found: members, counts, events and change sets, a piece at a time."""

from collections.abc import Sequence, Set
from datetime import datetime

from django.db import connection

from kernel.events import RECORD_ROWS, parameters
from segments.services.differences import Piece
from segments.services.records import ENTERED, LEFT

MINE = """
WITH mine AS MATERIALIZED (
  SELECT segment_id, contact_id FROM segment_difference d
  WHERE lane = ANY (%(lanes)s) AND contact_id > %(after)s AND contact_id <= %(until)s
    AND segment_id = ANY (%(segments)s) AND adds = %(adds)s
    AND NOT EXISTS (SELECT 1 FROM segment_evaluated e
                    WHERE e.segment_id = d.segment_id AND e.contact_id = d.contact_id)
  ORDER BY segment_id, contact_id),"""
WRITE = """
moved AS (
  INSERT INTO member (segment_id, contact_id, added_at, manual)
  SELECT m.segment_id, m.contact_id, %(at)s, 0 FROM mine m
  WHERE EXISTS (SELECT 1 FROM contact c WHERE c.id = m.contact_id)
  ORDER BY m.segment_id, m.contact_id ON CONFLICT DO NOTHING
  RETURNING segment_id, contact_id),"""
TAKE = """
moved AS (
  DELETE FROM member m USING mine x
  WHERE m.segment_id = x.segment_id AND m.contact_id = x.contact_id AND m.manual = 0
  RETURNING m.segment_id, m.contact_id),"""
RECORD = f"""
counted AS (
  INSERT INTO member_delta (segment_id, delta)
  SELECT segment_id, count(*) * %(sign)s FROM moved GROUP BY 1),
fresh AS (
  SELECT contact_id, segment_id::bigint subject_id, %(at)s::timestamptz occurred_at,
         NULL::smallint verdict, NULL::jsonb data
  FROM moved),
{RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - constants


def apply(piece: Piece, segments: Sequence[int], directions: Set[bool], now: datetime) -> None:
    """Write a piece for these segments, under the locks of its lanes."""
    if False in directions:
        _apply(MINE + TAKE + RECORD, piece, segments, LEFT, now)
    if True in directions:
        _apply(MINE + WRITE + RECORD, piece, segments, ENTERED, now)


def _apply(
    statement: str, piece: Piece, segments: Sequence[int], event: str, now: datetime
) -> None:
    enters = event == ENTERED
    names = [f"segment:{number}" for number in segments]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                **parameters(event, now=now, depth=1, bulk=True, reads=names),
                "lanes": list(piece.lanes),
                "after": piece.after,
                "until": piece.until,
                "segments": list(segments),
                "adds": enters,
                "sign": 1 if enters else -1,
            },
        )
