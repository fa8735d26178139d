"""Compares the stored members with the filters, over everybody, in slices that stay short."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from psycopg2.errors import QueryCanceled

from kernel.filters import Mode, When
from kernel.filters.pieces import Moment
from kernel.filters.questions import LIMITS, WORK_MEM
from kernel.locks import LANES
from segments.services.plan import Pack
from segments.services.statements import DIFFER, Drawing, literal

# Contacts of one statement: a slice of a million-contact table takes a few seconds.
SLICE = 250_000
SCAN_MS, RISKY_SCAN_MS = 900_000, 20_000

TABLE = """
CREATE TEMP TABLE IF NOT EXISTS segment_difference (
  lane smallint, segment_id int, contact_id bigint, adds boolean);
TRUNCATE segment_difference;
DROP INDEX IF EXISTS pg_temp.segment_difference_lane"""
BY_LANE = """
CREATE INDEX segment_difference_lane ON segment_difference (lane, contact_id);
ANALYZE segment_difference"""
BOUNDS = """
SELECT lane, contact_id FROM (
  SELECT lane, contact_id, row_number() OVER (PARTITION BY lane ORDER BY contact_id) place,
         count(*) OVER (PARTITION BY lane) total
  FROM segment_difference) rows
WHERE place %% %s = 0 OR place = total ORDER BY lane, contact_id"""


@dataclass(frozen=True)
class Piece:
    """A part of the differences: those of one lane, in a range of contacts."""

    lane: int
    after: int
    until: int


def find(packs: Sequence[Pack], when: When, alive: Callable[[], None]) -> set[int]:
    """Fill `segment_difference`; return the segments whose filter took too long.

    `alive` is called between statements, to lengthen a lease.
    """
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    slow: set[int] = set()
    for low in slices():
        for pack in packs:
            alive()
            if not pack.segments & slow and not _scan(pack, when, low):
                slow |= pack.segments
    with connection.cursor() as cursor:
        cursor.execute(BY_LANE)
    alive()
    return slow


def slices() -> Iterator[int]:
    """Walk the first ids of the slices that hold contacts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM contact")
        low, high = cursor.fetchone()
        # Members whose contact is gone lie beyond; a daily sweep takes them.
        while low is not None and low <= high:
            yield low
            cursor.execute("SELECT min(id) FROM contact WHERE id >= %s", [low + SLICE])
            low = cursor.fetchone()[0]


def _scan(pack: Pack, when: When, low: int) -> bool:
    high = low + SLICE

    def fixed(_drawing: Drawing, moment: Moment) -> str:
        return literal(moment.at(when), moment.cast)

    where = f"WHERE c.id >= {low} AND c.id < {high}"
    cases = [part.case(Mode.SET) for part in pack.parts]
    statement = DIFFER.format(
        lanes=LANES,
        hits=Drawing(fixed).hits(cases, "contact c", where),
        segments=",".join(str(number) for number in sorted(pack.segments)),
        low=low,
        high=high,
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            limit = RISKY_SCAN_MS if pack.risky else SCAN_MS
            cursor.execute(LIMITS, [str(limit), WORK_MEM])
            cursor.execute(statement)
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except DatabaseError as error:
        if not (pack.risky and isinstance(error.__cause__, QueryCanceled)):
            raise
        return False
    return True


def pieces(size: int) -> list[Piece]:
    """Cut what was found into pieces of about `size` rows, lane by lane."""
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS, [size])
        found, last = [], (-1, 0)
        for lane, until in cursor.fetchall():
            after = last[1] if lane == last[0] else 0
            if until > after:
                found.append(Piece(lane, after, until))
            last = (lane, until)
    return found


def counts() -> dict[int, int]:
    """Return how many rows differ, by segment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT segment_id, count(*) FROM segment_difference GROUP BY 1")
        return dict(cursor.fetchall())


def whom(piece: Piece, segments: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the contacts of a piece that differ for these segments, and which of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT contact_id), array_agg(DISTINCT segment_id)"
            " FROM segment_difference WHERE lane = %s AND contact_id > %s AND contact_id <= %s"
            " AND segment_id = ANY(%s)",
            [piece.lane, piece.after, piece.until, list(segments)],
        )
        contacts, touched = cursor.fetchone()
        return contacts or [], touched or []


def listed(now: datetime) -> list[tuple[int, int, bool]]:
    """Return every difference as (segment, contact, should be a member), for the audit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT segment_id, contact_id, adds FROM segment_difference ORDER BY 1, 2")
        return list(cursor.fetchall())
