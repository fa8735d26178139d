"""Compares the stored members with the filters, for a slice of all contacts at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from psycopg2.errors import QueryCanceled

from kernel.filters import Mode, When
from kernel.filters.pieces import Moment
from kernel.filters.questions import LIMITS, WORK_MEM
from kernel.locks import LANES
from segments.services.plan import Pack, apart
from segments.services.statements import DIFFER, DIFFER_ALONE, Drawing, literal
from segments.services.turns import Turn

# Contacts of one statement: a slice of a million-contact table takes a few seconds. One segment by
# itself is asked of more, which the server reads through as fast as the disk gives them.
SLICE, SLICE_ALONE = 250_000, 2_000_000
# A slice that takes longer is halved; a regular expression has this long, or is put aside.
SCAN_MS, RISKY_SCAN_MS = 60_000, 20_000
SMALLEST = 1_000
MARGIN = timedelta(seconds=30)
# So few differences are written at once; more are sorted by lane first.
FEW = 10_000

TABLE = """
CREATE TEMP TABLE IF NOT EXISTS segment_difference (
  lane smallint, segment_id int, contact_id bigint, adds boolean);
TRUNCATE segment_difference;
DROP INDEX IF EXISTS pg_temp.segment_difference_lane"""
BY_LANE = "CREATE INDEX segment_difference_lane ON segment_difference (lane, contact_id)"
# Without statistics the planner takes it for next to nothing, and nests loops over thousands.
COUNTED = "ANALYZE segment_difference"
BOUNDS = """
SELECT lane, contact_id FROM (
  SELECT lane, contact_id, row_number() OVER (PARTITION BY lane ORDER BY contact_id) place,
         count(*) OVER (PARTITION BY lane) total
  FROM segment_difference) rows
WHERE place %% %s = 0 OR place = total ORDER BY lane, contact_id"""
ALL_LANES = tuple(range(LANES))


@dataclass(frozen=True)
class Slice:
    """Contacts from one id to before another."""

    low: int
    high: int


@dataclass(frozen=True)
class Piece:
    """A part of the differences: those of one lane, or of all, in a range of contacts."""

    lanes: tuple[int, ...]
    after: int
    until: int


@dataclass
class Found:
    """What a comparison came to."""

    # Differences by segment.
    counts: dict[int, int] = field(default_factory=dict)
    # Segments whose regular expression took too long, and those the server cannot evaluate.
    slow: set[int] = field(default_factory=set)
    broken: dict[int, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Count the differences."""
        return sum(self.counts.values())

    def failed(self) -> set[int]:
        """Return the segments that could not be compared."""
        return self.slow | set(self.broken)


def find(pack: Pack, when: When, turn: Turn, part: Slice) -> Found:
    """Fill `segment_difference` with what differs in a slice."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    found = Found()
    # The time of a regular expression is measured by the usual slice.
    width = SLICE if pack.risky else part.high - part.low
    for low in range(part.low, part.high, width):
        if not found.slow:
            _compare(pack, when, turn, Slice(low, min(low + width, part.high)), found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT segment_id, count(*) FROM segment_difference GROUP BY 1")
        found.counts = dict(cursor.fetchall())
        if found.total > FEW:
            cursor.execute(BY_LANE)
        if found.total:
            cursor.execute(COUNTED)
    turn.keep()
    return found


def slices(segments: int, low: int = 0) -> Iterator[Slice]:
    """Walk the slices that hold contacts, from an id on, as large as so many segments allow."""
    size = SLICE_ALONE if segments == 1 else SLICE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), (SELECT max(id) FROM contact) FROM contact WHERE id >= %s", [low]
        )
        first, last = cursor.fetchone()
        # Members whose contact is gone lie beyond; a daily sweep takes them.
        while first is not None and first <= last:
            yield Slice(first, first + size)
            cursor.execute("SELECT min(id) FROM contact WHERE id >= %s", [first + size])
            first = cursor.fetchone()[0]


def _compare(pack: Pack, when: When, turn: Turn, part: Slice, found: Found) -> None:
    """Scan a slice for a pack; what takes too long is tried in halves, what fails apart."""
    limit = RISKY_SCAN_MS if pack.risky else SCAN_MS
    turn.hold(timedelta(milliseconds=limit) + MARGIN)
    try:
        _scan(pack, when, part, limit)
    except DatabaseError as error:
        too_slow = isinstance(error.__cause__, QueryCanceled)
        if too_slow and pack.risky:
            found.slow |= pack.segments
        elif too_slow and part.high - part.low > SMALLEST:
            middle = (part.low + part.high) // 2
            _compare(pack, when, turn, Slice(part.low, middle), found)
            _compare(pack, when, turn, Slice(middle, part.high), found)
        elif not too_slow and not _is_data(error):
            raise
        elif len(pack.parts) > 1:
            for alone in apart(pack):
                _compare(alone, when, turn, part, found)
        else:
            found.broken |= dict.fromkeys(pack.segments, str(error)[:500])


def _is_data(error: DatabaseError) -> bool:
    """Say whether a value in the data or in a filter is at fault, and not the server."""
    return str(getattr(error.__cause__, "pgcode", "") or "").startswith("22")


def _scan(pack: Pack, when: When, part: Slice, limit: int) -> None:
    def fixed(_drawing: Drawing, moment: Moment) -> str:
        return literal(moment.at(when), moment.cast)

    where = f"WHERE c.id >= {part.low} AND c.id < {part.high}"
    cases, drawing = [one.case(Mode.SET) for one in pack.parts], Drawing(fixed)
    if len(cases) == 1:
        template, hits = DIFFER_ALONE, drawing.hits_alone(cases[0][1], "contact c", where)
    else:
        template, hits = DIFFER, drawing.hits(cases, "contact c", where)
    statement = template.format(
        lanes=LANES,
        hits=hits,
        segments=",".join(str(number) for number in sorted(pack.segments)),
        low=part.low,
        high=part.high,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LIMITS, [str(limit), WORK_MEM])
        cursor.execute(statement)
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


def pieces(size: int, total: int) -> list[Piece]:
    """Cut what was found into pieces of about `size` rows, lane by lane unless it is one piece."""
    if total <= min(size, FEW):
        return [Piece(ALL_LANES, 0, 2**63 - 1)] if total else []
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS, [size])
        found, last = [], (-1, 0)
        for lane, until in cursor.fetchall():
            after = last[1] if lane == last[0] else 0
            if until > after:
                found.append(Piece((lane,), after, until))
            last = (lane, until)
    return found


def moves(piece: Piece, segments: Sequence[int]) -> set[tuple[int, int, bool]]:
    """Return what differs in a piece: segment, contact, and whether they enter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT segment_id, contact_id, adds FROM segment_difference WHERE lane = ANY(%s)"
            " AND contact_id > %s AND contact_id <= %s AND segment_id = ANY(%s)",
            [list(piece.lanes), piece.after, piece.until, list(segments)],
        )
        return set(cursor.fetchall())


def directions() -> set[bool]:
    """Say whether anybody enters (True), and whether anybody leaves (False)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT adds FROM segment_difference")
        return {row[0] for row in cursor.fetchall()}
