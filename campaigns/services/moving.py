"""Moving on: what is done goes to the log, what comes next becomes live, in one statement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns.graph.plan import Node, Plan
from campaigns.models import LeftFor
from campaigns.services import figures
from campaigns.services.arriving import ARRIVE, ways
from campaigns.services.held import Held
from campaigns.services.leaving import leave, without_steps


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is over, and how it ended."""

    step: Held
    outcome: int
    reason: str | None = None
    event_id: int | None = None
    event_at: datetime | None = None


# The log's key is the proof of once: a step that ran before fails here, with all it did.
MOVE = f"""
WITH d AS MATERIALIZED (
  SELECT * FROM unnest(%(visits)s::bigint[], %(contacts)s::bigint[], %(passes)s::smallint[],
                       %(ends)s::smallint[], %(reasons)s::text[], %(events)s::bigint[],
                       %(event_ats)s::timestamptz[], %(depths)s::smallint[])
    d(visit_id, contact_id, pass, outcome, reason, event_id, event_at, depth)),
logged AS (
  INSERT INTO step_log (node_id, visit_id, pass, contact_id, outcome, at, reason)
  SELECT %(node)s, visit_id, pass, contact_id, outcome, %(now)s, reason
  FROM d ORDER BY visit_id),
gone AS (
  DELETE FROM step WHERE ctid = ANY(%(places)s::tid[]) RETURNING 1),
arrived AS ({ARRIVE})
SELECT node_id, array_agg(visit_id) FROM arrived GROUP BY node_id
UNION ALL SELECT 0, ARRAY[count(*)] FROM gone"""  # noqa: S608 - ours


def move_on(plan: Plan, node: Node, done: Sequence[Done], now: datetime) -> None:
    """Log finished steps of one node, let their visits go on, and end those that cannot."""
    if not done:
        return
    arrived = _move(plan, node, done, now)
    differences = {target: {"waiting": len(visits)} for target, visits in arrived.items()}
    own = Counter(figures.of_outcomes(step.outcome for step in done))
    own.update(differences.pop(node.id, {}))
    figures.add_many({**differences, node.id: own})
    moved = {visit for visits in arrived.values() for visit in visits}
    stopped = sorted({item.step.visit for item in done} - moved)
    if node.kind == "exit":
        leave(plan.campaign, stopped, LeftFor.EXIT, now, depth=_depth(done))
    else:
        leave(plan.campaign, without_steps(stopped), LeftFor.DONE, now, depth=_depth(done))


def _move(plan: Plan, node: Node, done: Sequence[Done], now: datetime) -> dict[int, list[int]]:
    """Write the moves; return the visits that arrived, by node."""
    # What happens after a wait is no reaction to what went before it.
    rested = node.kind == "wait"
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            {
                **ways(plan, node, {item.outcome for item in done}, now),
                "node": node.id,
                "places": [item.step.place for item in done],
                "visits": [item.step.visit for item in done],
                "contacts": [item.step.contact for item in done],
                "passes": [item.step.number for item in done],
                "ends": [item.outcome for item in done],
                "reasons": [item.reason for item in done],
                "events": [item.event_id or item.step.event_id for item in done],
                "event_ats": [item.event_at or item.step.event_at for item in done],
                "depths": [0 if rested else item.step.depth for item in done],
            },
        )
        arrived: dict[int, list[int]] = dict(cursor.fetchall())
    if arrived.pop(0) != [len(done)]:
        raise RuntimeError(f"Steps of node {node.id} were not where they were held.")
    return arrived


def _depth(done: Sequence[Done]) -> int:
    return max(item.step.depth for item in done)
