"""Arriving at a node: a live step, unless the visit is, or was, there in this pass."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from campaigns.graph.plan import Node, Plan
from campaigns.graph.schema import START
from campaigns.models import StepState
from kernel.events import type_id

# From when on a decision counts: the arrival, the entry, or the sending of its message.
ARRIVAL, ENTRY, SENDING = 0, 1, 2
# Where those come from whom a publication moves.
NOWHERE = Node(0, "", "", "", {})

# `d` is whoever moves on (visit, contact, pass, event that led here, depth), `e` where to.
ARRIVE = """
INSERT INTO step (visit_id, contact_id, due_at, arrived_at, since, event_id, event_at,
                  node_id, pass, state, wait_type, depth)
SELECT d.visit_id, d.contact_id, e.due_at, %(now)s,
  CASE e.looks WHEN 0 THEN %(now)s
    WHEN 1 THEN (SELECT v.entered_at FROM visit v WHERE v.id = d.visit_id)
    ELSE coalesce((SELECT max(l.at) FROM step_log l
                   WHERE l.visit_id = d.visit_id AND l.node_id = ANY(e.senders::int[])), %(now)s)
  END,
  d.event_id, d.event_at, e.node_id, d.pass + e.jumps, e.state, e.wait_type, d.depth
FROM d JOIN unnest(%(outcomes)s::smallint[], %(targets)s::int[], %(dues)s::timestamptz[],
                   %(states)s::smallint[], %(types)s::smallint[], %(looks)s::smallint[],
                   %(senders)s::text[], %(jumps)s::smallint[])
       e(outcome, node_id, due_at, state, wait_type, looks, senders, jumps) USING (outcome)
WHERE NOT EXISTS (SELECT 1 FROM step_log l WHERE l.node_id = e.node_id
                  AND l.visit_id = d.visit_id AND l.pass = d.pass + e.jumps)
ORDER BY d.visit_id
ON CONFLICT DO NOTHING
RETURNING node_id, visit_id"""


def ways(plan: Plan, node: Node, outcomes: Iterable[int], now: datetime) -> dict[str, Any]:
    """Return the parameters of `ARRIVE`: where each outcome of a node leads, and how one arrives.

    All of a batch arrive at one instant, so that due times are the same for all of them.
    """
    rows = [
        (outcome, *_arrival(plan.nodes[target], node, now))
        for outcome in sorted(set(outcomes))
        for target in node.next(outcome)
        if target in plan.nodes
    ]
    return _columns(rows, now)


def _columns(rows: list[tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    names = ("outcomes", "targets", "dues", "states", "types", "looks", "senders", "jumps")
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(names, columns or [[] for _name in names], strict=True)) | {"now": now}


def landing(targets: Iterable[Node], now: datetime) -> dict[str, Any]:
    """Return the parameters of `ARRIVE` for who is put on a step: the n-th outcome on the n-th."""
    rows = [(place, *_arrival(target, NOWHERE, now)) for place, target in enumerate(targets)]
    return _columns(rows, now)


def _arrival(target: Node, source: Node, now: datetime) -> tuple[Any, ...]:
    looks, senders = ARRIVAL, "{}"
    # From the start the visit begins now, in this very statement.
    if target.kind == "decision" and source.kind != START:
        if target.config.get("since") == "visit":
            looks = ENTRY
        elif target.senders and source.id not in target.senders:
            looks, senders = SENDING, "{" + ",".join(map(str, target.senders)) + "}"
    return (
        target.id,
        target.due_at(now),
        StepState.REGISTERING if target.registers else StepState.DUE,
        type_id(target.key) if target.kind == "decision" else None,
        looks,
        senders,
        1 if source.kind == "jump" else 0,
    )
