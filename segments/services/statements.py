"""Writes one statement for many segments: every expression once a row, one CASE a segment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from kernel.filters import Column, Sql, Value, joins
from kernel.filters.pieces import Moment
from kernel.withholding import RESTRICTED

# Which of a pack's segments each contact belongs to. OFFSET 0 keeps the planner from
# computing the inner expressions again for each CASE.
HITS = """
SELECT c.id contact_id, array_remove(ARRAY[{cases}], NULL) segments
FROM (SELECT c.id{columns} FROM {source} {joins} {where} OFFSET 0) c"""

# The members a pack of segments should have among some contacts, against those it has.
EVALUATE = """
WITH ids AS (SELECT unnest($1) id),
hit AS MATERIALIZED (
  SELECT contact_id, unnest(segments) segment_id FROM ({hits}) h),
cur AS MATERIALIZED (
  SELECT m.contact_id, m.segment_id, m.manual FROM ids JOIN member m ON m.contact_id = ids.id
  WHERE m.segment_id = ANY ('{{{segments}}}'::int[])),
entered AS (
  INSERT INTO member (segment_id, contact_id, added_at, manual)
  SELECT segment_id, contact_id, $2, 0 FROM (
    SELECT segment_id, contact_id FROM hit EXCEPT SELECT segment_id, contact_id FROM cur) x
  ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING segment_id, contact_id),
gone AS (
  DELETE FROM member m USING (
    (SELECT segment_id, contact_id, 0 manual FROM cur WHERE manual = 0
     EXCEPT SELECT segment_id, contact_id, 0 FROM hit)
    UNION ALL
    -- Whom the law restricts no hand keeps in a segment that follows a filter.
    SELECT segment_id, contact_id, 1 FROM cur WHERE manual = 1 AND EXISTS (
      SELECT FROM contact c WHERE c.id = cur.contact_id AND c.withheld = {restricted})) x
  WHERE m.segment_id = x.segment_id AND m.contact_id = x.contact_id AND m.manual = x.manual
  RETURNING m.segment_id, m.contact_id),
counted AS (
  INSERT INTO member_delta (segment_id, delta)
  SELECT segment_id, sum(n) FROM (
    SELECT segment_id, 1 n FROM entered UNION ALL SELECT segment_id, -1 FROM gone) x
  GROUP BY 1)
SELECT segment_id, contact_id, true FROM entered
UNION ALL SELECT segment_id, contact_id, false FROM gone"""

# The same over everybody: contacts whose lists differ come out, and only they are taken apart.
DIFFER = """
WITH differing AS MATERIALIZED (
  SELECT x.contact_id, x.segments, o.segments old, o.segments || o.by_hand known
  FROM ({hits}) x
  LEFT JOIN (SELECT contact_id,
                    array_agg(segment_id ORDER BY segment_id) FILTER (WHERE manual = 0) segments,
                    array_agg(segment_id) FILTER (WHERE manual <> 0) by_hand
             FROM member WHERE segment_id = ANY ('{{{segments}}}'::int[])
               AND contact_id >= {low} AND contact_id < {high}
             GROUP BY 1) o USING (contact_id)
  WHERE x.segments IS DISTINCT FROM coalesce(o.segments, '{{}}'))
INSERT INTO segment_difference (lane, segment_id, contact_id, adds)
SELECT contact_id % {lanes}, segment_id, contact_id, adds FROM (
  SELECT contact_id, unnest(segments) segment_id, known, true adds FROM differing
  UNION ALL
  SELECT contact_id, unnest(old), segments, false FROM differing) moves
WHERE known IS NULL OR segment_id <> ALL (known)"""

# The same for one segment, whose filter each contact is asked without lists. EXCEPT, because the
# planner knows nothing of the members of a segment that is being built.
DIFFER_ALONE = """
WITH hit AS MATERIALIZED ({hits}),
had AS MATERIALIZED (
  SELECT contact_id, manual FROM member WHERE segment_id = {segments}
    AND contact_id >= {low} AND contact_id < {high})
INSERT INTO segment_difference (lane, segment_id, contact_id, adds)
SELECT contact_id % {lanes}, {segments}, contact_id, adds FROM (
  SELECT contact_id, true adds
  FROM (SELECT contact_id FROM hit EXCEPT SELECT contact_id FROM had) entering
  UNION ALL
  SELECT contact_id, false
  FROM (SELECT contact_id FROM had WHERE manual = 0 EXCEPT SELECT contact_id FROM hit) leaving
  WHERE EXISTS (SELECT 1 FROM contact c WHERE c.id = leaving.contact_id)) moves"""
HITS_ALONE = """
SELECT c.id contact_id FROM (SELECT c.id{columns} FROM {source} {joins} {where}) c WHERE {case}"""


@dataclass
class Drawing:
    """Collects the columns and the moments that the segments of one statement share."""

    moment: Callable[["Drawing", Moment], str]
    columns: dict[Column, str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)

    def write(self, sql: Sql) -> str:
        """Write a fragment over the shared columns, with its values as literals."""
        return "".join(self._word(piece) for piece in sql)

    def _word(self, piece: Any) -> str:
        if isinstance(piece, str):
            return piece
        if isinstance(piece, Column):
            return "c." + self.columns.setdefault(piece, f"x{len(self.columns)}")
        if isinstance(piece, Value):
            return literal(piece.value, piece.cast)
        return self.moment(self, piece.moment)

    def hits(self, cases: Sequence[tuple[int, Sql]], source: str, where: str = "") -> str:
        """Write which of these segments each contact of a source belongs to, ascending."""
        words = ", ".join(
            f"CASE WHEN {self.write(sql)} THEN {number} END" for number, sql in sorted(cases)
        )
        return HITS.format(cases=words, source=source, where=where, **self._drawn())

    def hits_alone(self, sql: Sql, source: str, where: str) -> str:
        """Write which contacts of a source one segment has."""
        case = self.write(sql)
        return HITS_ALONE.format(case=case, source=source, where=where, **self._drawn())

    def _drawn(self) -> dict[str, str]:
        columns = "".join(f", {column.sql} {name}" for column, name in self.columns.items())
        return {
            "columns": columns,
            "joins": joins.written(column.source for column in self.columns),
        }


def literal(value: Any, cast: str) -> str:
    """Write a value as the server's own quoting has it."""
    with connection.cursor() as cursor:
        text = cursor.mogrify("%s", [value])
    word = text.decode() if isinstance(text, bytes) else str(text)
    return f"{word}::{cast}" if cast else word


def numbered(drawing: Drawing, moment: Moment) -> str:
    """Refer to a moment as a parameter of a prepared statement, after the ids and the present."""
    if moment not in drawing.moments:
        drawing.moments.append(moment)
    return f"${drawing.moments.index(moment) + 3}"


def evaluation(cases: Sequence[tuple[int, Sql]]) -> tuple[str, list[Moment]]:
    """Write the statement that brings a pack's members up to date, to be prepared."""
    drawing = Drawing(numbered)
    hits = drawing.hits(cases, "ids JOIN contact c ON c.id = ids.id")
    segments = ",".join(str(number) for number, _sql in cases)
    return (
        EVALUATE.format(hits=hits, segments=segments, restricted=RESTRICTED),
        drawing.moments,
    )
