"""Events that waiting decisions hoped for, as the dispatcher tells them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.graph import decisions
from campaigns.graph.plan import GRACE, Node, Plan
from campaigns.services.planning import by_index
from kernel.changes import Change
from kernel.events import kind_of, type_id

AWAITED = """
SELECT DISTINCT s.node_id
FROM unnest(%s::smallint[], %s::bigint[]) k(type, contact)
JOIN step s ON s.wait_type = k.type AND s.contact_id = k.contact AND s.state IN (1, 2)"""

# Registering steps are answered too: the look-back under way may not see this event any more.
ANSWER = """
WITH hit AS (
  SELECT DISTINCT ON (s.visit_id, s.pass) s.visit_id, s.pass, e.id, e.occurred_at
  FROM unnest(%s::bigint[], %s::timestamptz[]) k(id, at)
  JOIN event e ON e.id = k.id AND e.occurred_at = k.at
  JOIN step s ON s.wait_type = e.type_id AND s.contact_id = e.contact_id
             AND s.state IN (1, 2) AND s.node_id = %s
  WHERE e.retention = %s AND e.occurred_at BETWEEN %s AND %s
    AND e.occurred_at >= s.since
    AND (s.due_at IS NULL
         OR e.occurred_at < date_trunc('second', s.due_at - %s) + interval '1 second')
    AND {where}
  ORDER BY s.visit_id, s.pass, e.occurred_at, e.id)
UPDATE step s SET state = 0, outcome = 2, due_at = %s, event_id = hit.id,
                  event_at = hit.occurred_at, depth = %s
FROM hit WHERE s.visit_id = hit.visit_id AND s.pass = hit.pass AND s.node_id = %s
           AND s.state IN (1, 2)"""


def answer(plans: Sequence[Plan], happened: Sequence[Change], now: datetime, *, depth: int) -> int:
    """Let decisions that these events answer take their yes-path; return how many."""
    nodes = _awaiting(happened)
    if not nodes:
        return 0
    known = {node.id: node for plan in plans for node in plan.nodes.values()}
    return sum(_answer(known[number], happened, now, depth) for number in nodes if number in known)


def _awaiting(happened: Sequence[Change]) -> list[int]:
    with by_index(), connection.cursor() as cursor:
        cursor.execute(
            AWAITED,
            [[change.type_id for change in happened], [change.contact for change in happened]],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _answer(node: Node, happened: Sequence[Change], now: datetime, depth: int) -> int:
    awaited = type_id(node.key)
    mine = [change for change in happened if change.type_id == awaited and change.occurred_at]
    if not mine:
        return 0
    times = [change.occurred_at for change in mine if change.occurred_at]
    where, values = decisions.where_sql(node.key, node.where)
    parameters: list[Any] = [
        [change.event for change in mine],
        times,
        node.id,
        kind_of(node.key).retention,
        min(times),
        max(times),
        GRACE,
        *values,
        now,
        depth,
        node.id,
    ]
    with by_index(), connection.cursor() as cursor:
        cursor.execute(ANSWER.format(where=where), parameters)
        answered: int = cursor.rowcount
    return answered
