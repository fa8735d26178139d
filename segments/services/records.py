"""Writes down who entered and who left which segments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from kernel.events import RECORD_ROWS, parameters
from kernel.partitions import ensure_partitions

Pair = tuple[int, int]
ENTERED, LEFT = "segments.entered", "segments.left"

RECORD = f"""
WITH fresh AS (
  SELECT contact_id, segment_id::bigint subject_id, %(at)s::timestamptz occurred_at,
         NULL::smallint verdict, NULL::jsonb data
  FROM unnest(%(segments)s::int[], %(contacts)s::bigint[]) f(segment_id, contact_id)),
{RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - constants


@dataclass
class Moves:
    """Pairs of segment and contact, by direction."""

    entered: list[Pair] = field(default_factory=list)
    left: list[Pair] = field(default_factory=list)

    def add(self, segment: int, contact: int, *, entered: bool) -> None:
        """Note one move."""
        (self.entered if entered else self.left).append((segment, contact))

    def segments(self) -> set[int]:
        """Return the segments that anybody entered or left."""
        return {segment for segment, _contact in (*self.entered, *self.left)}

    def __len__(self) -> int:
        """Count the moves."""
        return len(self.entered) + len(self.left)

    def by_event(self) -> Iterator[tuple[str, list[Pair]]]:
        """Walk what there is to record."""
        return ((k, v) for k, v in ((ENTERED, self.entered), (LEFT, self.left)) if v)


def record(
    moves: Moves, now: datetime, *, depth: int, bulk: bool = False, reads: Sequence[str] = ()
) -> None:
    """Record the moves as events with their change sets.

    `reads` names the segments when nobody has fed them to their dependants yet.
    """
    for event, pairs in moves.by_event():
        ensure_partitions({now})
        values = parameters(event, now=now, depth=depth, bulk=bulk, reads=reads)
        values["segments"] = [segment for segment, _contact in pairs]
        values["contacts"] = [contact for _segment, contact in pairs]
        with connection.cursor() as cursor:
            cursor.execute(RECORD, values)
