"""What one would write by hand for segments: a statement each, and the same rows of the log."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from kernel.events import RECORD_ROWS, parameters
from kernel.filters import Predicate, compile
from kernel.partitions import ensure_partitions
from segments.models import Segment

BUILD = """
WITH added AS (
  INSERT INTO member (segment_id, contact_id, added_at, manual)
  SELECT {segment}, c.id, %(at)s, 0 FROM contact c {joins} WHERE {where} ORDER BY c.id
  RETURNING segment_id, contact_id),
fresh AS (
  SELECT contact_id, segment_id::bigint subject_id, %(at)s::timestamptz occurred_at,
         NULL::smallint verdict, NULL::jsonb data FROM added),
{record} SELECT count(*) FROM facts"""

COMPARE = """
SELECT count(*) FROM (SELECT c.id FROM contact c {joins} WHERE {where}) x
FULL JOIN (SELECT contact_id FROM member WHERE segment_id = {segment} AND manual = 0) m
  ON m.contact_id = x.id
WHERE x.id IS NULL OR m.contact_id IS NULL"""

ENTER = """
WITH moved AS (
  INSERT INTO member (segment_id, contact_id, added_at, manual)
  SELECT {segment}, c.id, %(at)s, 0 FROM contact c {joins}
  WHERE c.id = ANY (%(contacts)s) AND {where}
  ON CONFLICT DO NOTHING RETURNING segment_id, contact_id), {record}"""
LEAVE = """
WITH moved AS (
  DELETE FROM member m WHERE segment_id = {segment} AND manual = 0
    AND contact_id = ANY (%(contacts)s)
    AND NOT EXISTS (SELECT 1 FROM contact c {joins} WHERE c.id = m.contact_id AND {where})
  RETURNING m.segment_id, m.contact_id), {record}"""
LOG = f"""
fresh AS (
  SELECT contact_id, segment_id::bigint subject_id, %(at)s::timestamptz occurred_at,
         NULL::smallint verdict, NULL::jsonb data FROM moved),
{RECORD_ROWS} SELECT count(*) FROM facts"""


def build_by_hand(rows: Sequence[Segment], now: datetime) -> None:
    ensure_partitions({now})
    for row in rows:
        found = compile(row.filter, now=now)
        values = parameters("segments.entered", now=now, depth=1, bulk=True)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute(*_filled(BUILD, row, found, values, record=RECORD_ROWS))


def compare_by_hand(rows: Sequence[Segment], now: datetime) -> None:
    for row in rows:
        found = compile(row.filter, now=now)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
            cursor.execute(*_filled(COMPARE, row, found, {}))
            cursor.fetchone()


def react_by_hand(rows: Sequence[Segment], contacts: list[int], now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for row in rows:
            found = compile(row.filter, now=now, mode="batch")
            for statement, event in ((LEAVE, "segments.left"), (ENTER, "segments.entered")):
                values = parameters(event, now=now, depth=1) | {"contacts": contacts}
                cursor.execute(*_filled(statement, row, found, values, record=LOG))


def _filled(
    template: str, row: Segment, found: Predicate, values: dict[str, object], record: str = ""
) -> tuple[str, dict[str, object]]:
    """Name the parameters of the predicate, so that they go beside the others."""
    names = [f"p{place}" for place in range(len(found.params))]
    where = found.sql.replace("%%", "\0")
    for name in names:
        where = where.replace("%s", f"%({name})s", 1)
    where = where.replace("\0", "%%")
    statement = template.format(segment=row.pk, joins=found.joins, where=where, record=record)
    return statement, {**values, **dict(zip(names, found.params, strict=True))}
