"""The hand-written limit of the campaigns' benchmark: whole sets, one statement a node."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph.plan import Node, Plan
from kernel import events
from kernel.filters import compile as compile_filter
from kernel.partitions import ensure_partitions

ENTER = f"""
WITH entered AS (
  INSERT INTO visit (campaign_id, contact_id, version_id, number, source, entered_at)
  SELECT %(campaign)s, id, %(version)s, 1, 0, %(now)s FROM contact ORDER BY id
  RETURNING id, contact_id),
arrived AS (
  INSERT INTO step (visit_id, contact_id, node_id, pass, state, due_at, arrived_at, since)
  SELECT id, contact_id, %(node)s, 1, 0, %(now)s, %(now)s, %(now)s FROM entered),
fresh AS (SELECT contact_id, %(campaign)s::bigint subject_id, %(now)s occurred_at,
                 NULL::smallint verdict, NULL::jsonb AS data FROM entered),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""
# What every step writes; `moved` are those who leave the node, with their outcome.
MOVE = """
WITH d AS (DELETE FROM step WHERE node_id = %(node)s RETURNING visit_id, contact_id, pass),
moved AS MATERIALIZED ({outcome}),
logged AS (
  INSERT INTO step_log (node_id, visit_id, pass, contact_id, outcome, at)
  SELECT %(node)s, visit_id, pass, contact_id, outcome, %(now)s FROM moved),
arrived AS (
  INSERT INTO step (visit_id, contact_id, node_id, pass, state, due_at, arrived_at, since)
  SELECT visit_id, contact_id, %(next)s, pass, 0, %(due)s, %(now)s, %(now)s FROM moved
  WHERE %(next)s IS NOT NULL)
{effect}"""
DONE = "SELECT d.*, 1 outcome FROM d"
RECORDED = f", {events.RECORD_ROWS} SELECT count(*) FROM facts"
POINTS = f""", adjusted AS (
  UPDATE contact_state s SET points = s.points + %(delta)s FROM moved
  WHERE s.contact_id = moved.contact_id RETURNING s.contact_id, s.points),
fresh AS (
  SELECT contact_id, NULL::bigint subject_id, %(now)s occurred_at, NULL::smallint verdict,
         jsonb_build_object('delta', %(delta)s, 'points', points) AS data FROM adjusted)
{RECORDED}"""
TAG = f""", tagged AS (
  INSERT INTO contact_tag (contact_id, tag_id, added_at)
  SELECT contact_id, (SELECT id FROM tag WHERE name = %(tag)s), %(now)s FROM moved
  RETURNING contact_id, tag_id),
fresh AS (
  SELECT contact_id, tag_id subject_id, %(now)s occurred_at, NULL::smallint verdict,
         NULL::jsonb AS data FROM tagged)
{RECORDED}"""
LEAVE = f"""
WITH ended AS (
  UPDATE visit SET left_at = %(now)s, reason = 1 RETURNING contact_id),
fresh AS (
  SELECT contact_id, %(campaign)s::bigint subject_id, %(now)s occurred_at,
         NULL::smallint verdict, '{{"reason": "done"}}'::jsonb AS data FROM ended)
{RECORDED}"""


def enter_by_hand(plan: Plan, now: datetime) -> None:
    """Make everybody's visit and first step."""
    ensure_partitions({now})
    [first] = plan.start.next(1)
    _do(ENTER, plan, now, event="campaigns.entered", node=first, version=plan.version)


def go_by_hand(plan: Plan, now: datetime) -> None:
    """Carry everybody through node after node."""
    node: Node | None = plan.nodes[plan.start.next(1)[0]]
    ensure_partitions({now, now + timedelta(hours=2)})
    while node is not None:
        following = node.next(2 if node.kind == "condition" else 1)
        target = plan.nodes[following[0]] if following else None
        _step(plan, node, target, now)
        if node.kind == "wait":
            now += timedelta(hours=2)
        node = target
    _do(LEAVE, plan, now, event="campaigns.left")


def _step(plan: Plan, node: Node, target: Node | None, now: datetime) -> None:
    values: dict[str, Any] = {
        "node": node.id,
        "next": target.id if target else None,
        "due": target.due_at(now) if target else None,
    }
    outcome, effect, event = DONE, "SELECT 1", "points.adjusted"
    if node.kind == "condition":
        found = compile_filter(node.config["filter"], now=now)
        places = "{}".join(found.sql.split("%s"))
        names = [f"p{place}" for place in range(len(found.params))]
        sql = places.format(*(f"%({name})s" for name in names))
        values |= dict(zip(names, found.params, strict=True))
        outcome = (
            f"SELECT d.*, CASE WHEN {sql} THEN 2 ELSE 3 END outcome"
            f" FROM d JOIN contact c ON c.id = d.contact_id {found.joins}"
        )
    elif node.key == "points.adjust":
        effect, values["delta"] = POINTS, node.config["delta"]
    elif node.key == "tags.change":
        effect, event, values["tag"] = TAG, "contacts.tagged", node.config["add"][0]
    _do(MOVE.format(outcome=outcome, effect=effect), plan, now, event=event, **values)


def _do(statement: str, plan: Plan, now: datetime, *, event: str, **values: Any) -> None:
    reads = ["state:points"] if event.startswith("points") else ["tags"]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                **events.parameters(event, now=now, reads=reads),
                "campaign": plan.campaign,
                "now": now,
                **values,
            },
        )
