"""Moving on: what is done goes to the log, what comes next becomes live, in one statement."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from campaigns.graph.plan import Node, Plan
from campaigns.models import LeftFor, Outcome
from campaigns.services import figures
from campaigns.services.arrays import instants, numbers, places, texts
from campaigns.services.arriving import ARRIVE, ways
from campaigns.services.held import Held
from campaigns.services.leaving import leave, without_steps


class Done(NamedTuple):
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
    for visits, reason in step_on(plan, node, done, now) if done else ():
        leave(plan.campaign, visits, reason, now, depth=_depth(done))


def step_on(
    plan: Plan, node: Node, done: Sequence[Done], now: datetime
) -> list[tuple[list[int], LeftFor]]:
    """Log finished steps and let their visits go on; return those that cannot, and why."""
    arrived = _move(plan, node, done, now)
    _count(node, done, arrived, now)
    moved = {visit for visits in arrived.values() for visit in visits}
    stopped = sorted({item.step.visit for item in done} - moved)
    if node.kind == "exit":
        return [(stopped, LeftFor.EXIT)]
    alone = without_steps(stopped)
    if node.kind != "goal":
        return [(alone, LeftFor.DONE)]
    reached = {item.step.visit for item in done if item.outcome == Outcome.YES}
    there = [visit for visit in alone if visit in reached]
    return [(there, LeftFor.GOAL), ([v for v in alone if v not in reached], LeftFor.DONE)]


def _count(
    node: Node, done: Sequence[Done], arrived: Mapping[int, Sequence[int]], now: datetime
) -> None:
    tally = figures.Tally(now)
    versions = {item.step.visit: item.step.version for item in done}
    for (version, outcome), count in Counter(
        (item.step.version, item.outcome) for item in done
    ).items():
        tally.end(node.id, version, outcome, count)
    for target, visits in arrived.items():
        for version, count in Counter(versions[visit] for visit in visits).items():
            tally.add(target, version, waiting=count, came=count)
    tally.write()


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
                "places": places([item.step.place for item in done]),
                "visits": numbers([item.step.visit for item in done]),
                "contacts": numbers([item.step.contact for item in done]),
                "passes": numbers([item.step.number for item in done]),
                "ends": numbers([item.outcome for item in done]),
                "reasons": texts([item.reason for item in done]),
                "events": numbers([item.event_id or item.step.event_id for item in done]),
                "event_ats": instants([item.event_at or item.step.event_at for item in done]),
                "depths": numbers([0 if rested else item.step.depth for item in done]),
            },
        )
        arrived: dict[int, list[int]] = dict(cursor.fetchall())
    if arrived.pop(0) != [len(done)]:
        raise RuntimeError(f"Steps of node {node.id} were not where they were held.")
    return arrived


def _depth(done: Sequence[Done]) -> int:
    return max(item.step.depth for item in done)
