"""Add points to contacts, or take them away, in one statement."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from kernel import events
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions

# The total stops at the ends of what the column holds instead of failing the batch.
ADJUST = f"""
WITH adjusted AS (
  UPDATE contact_state SET points =
    least(greatest(points::bigint + %(delta)s, -2147483648), 2147483647)::int
  WHERE contact_id = ANY(%(contacts)s::bigint[])
  RETURNING contact_id, points),
fresh AS (
  SELECT contact_id, NULL::bigint subject_id, %(at)s occurred_at, NULL::smallint verdict,
         jsonb_build_object('delta', %(delta)s, 'points', points) data
  FROM adjusted ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - a statement of ours


def adjust(
    contacts: Sequence[int], delta: int, now: datetime, *, depth: int = 0, bulk: bool = False
) -> int:
    """Change the points of contacts and record it; return how many contacts there were."""
    if not contacts:
        return 0
    ensure_partitions({now})
    lock_contacts(contacts)
    with connection.cursor() as cursor:
        cursor.execute(
            ADJUST,
            {
                **events.parameters(
                    "points.adjusted", now=now, depth=depth, bulk=bulk, reads=["state:points"]
                ),
                "contacts": "{" + ",".join(map(str, contacts)) + "}",
                "delta": delta,
            },
        )
        return int(cursor.fetchone()[0])
