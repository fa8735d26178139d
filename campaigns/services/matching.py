"""Which events answer a decision: asked of the event table for a batch of waiting steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns.graph import decisions
from campaigns.graph.plan import Node
from campaigns.services.arrays import numbers
from campaigns.services.held import Held
from kernel.events import MACHINE, kind_of, type_id


@dataclass(frozen=True, slots=True)
class Match:
    """The event that answers a decision."""

    event_id: int
    occurred_at: datetime


# What a machine did never counts. The bounds in the last lines let the planner skip partitions.
FIND = """
SELECT DISTINCT ON (k.visit_id, k.pass) k.visit_id, k.pass, e.id, e.occurred_at
FROM unnest(%s::bigint[], %s::smallint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
     k(visit_id, pass, contact_id, since, until)
JOIN event e ON e.contact_id = k.contact_id AND e.occurred_at >= k.since
            AND (k.until IS NULL OR e.occurred_at < k.until)
WHERE e.type_id = %s AND e.retention = %s AND e.verdict IS DISTINCT FROM %s
  AND e.occurred_at >= %s AND e.occurred_at < coalesce(%s::timestamptz, 'infinity')
  AND {where}
ORDER BY k.visit_id, k.pass, e.occurred_at, e.id"""


def first_matches(
    node: Node, steps: Sequence[tuple[Held, datetime | None]]
) -> dict[tuple[int, int], Match]:
    """Return, by visit and pass, the first event from `since` up to the step's last moment."""
    if not steps:
        return {}
    where, values = decisions.where_sql(node.key, node.where)
    sinces = [step.since for step, _last in steps if step.since is not None]
    limits = [last for _step, last in steps if last is not None]
    latest = max(limits) if len(limits) == len(steps) else None
    with connection.cursor() as cursor:
        cursor.execute(
            FIND.format(where=where),
            [
                numbers([step.visit for step, _last in steps]),
                numbers([step.number for step, _last in steps]),
                numbers([step.contact for step, _last in steps]),
                sinces,
                [last for _step, last in steps],
                type_id(node.key),
                kind_of(node.key).retention,
                MACHINE,
                min(sinces),
                latest,
                *values,
            ],
        )
        return {(row[0], row[1]): Match(row[2], row[3]) for row in cursor.fetchall()}
