"""What becomes of a person's ways through campaigns when contacts merge or are forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.models import LeftFor
from campaigns.services.leaving import leave
from kernel import clock

# Where both are on their way, the winner's way is the one that goes on.
BOTH = """
SELECT l.campaign_id, l.id FROM visit l JOIN visit w
  ON w.campaign_id = l.campaign_id AND w.contact_id = %s AND w.left_at IS NULL
WHERE l.contact_id = %s AND l.left_at IS NULL ORDER BY l.id"""
# Who was counted as two contacts is one now.
MOVE = """
WITH last AS (
  SELECT campaign_id, max(number) number FROM visit WHERE contact_id = %(winner)s GROUP BY 1),
moved AS (
  UPDATE visit v SET contact_id = %(winner)s,
    number = v.number + coalesce((SELECT number FROM last WHERE campaign_id = v.campaign_id), 0)
  WHERE v.contact_id = %(loser)s RETURNING v.id, v.campaign_id),
counted AS (
  INSERT INTO node_delta (node_id, yes)
  SELECT n.id, -1 FROM visit v JOIN last USING (campaign_id) JOIN campaign_node n
    ON n.campaign_id = v.campaign_id AND n.name = 'start'
  WHERE v.contact_id = %(loser)s AND v.number = 1),
logged AS (
  UPDATE step_log l SET contact_id = %(winner)s
  FROM moved JOIN campaign_node n ON n.campaign_id = moved.campaign_id
  WHERE l.node_id = n.id AND l.visit_id = moved.id)
UPDATE step s SET contact_id = %(winner)s FROM moved WHERE s.visit_id = moved.id"""
# The figures stay, and with them rows that name nobody: ids no contact can have.
FORGET = """
WITH ended AS (
  UPDATE visit SET left_at = %(now)s, reason = %(why)s
  WHERE contact_id = ANY(%(contacts)s) AND left_at IS NULL RETURNING id, campaign_id),
gone AS (
  DELETE FROM step USING ended WHERE step.visit_id = ended.id
  RETURNING step.node_id, step.state = 3 AS parked)
INSERT INTO node_delta (node_id, waiting, failed)
SELECT node_id, -count(*) FILTER (WHERE NOT parked), -count(*) FILTER (WHERE parked)
FROM gone GROUP BY node_id
UNION ALL
SELECT n.id, -count(*), 0 FROM ended JOIN campaign_node n
  ON n.campaign_id = ended.campaign_id AND n.name = 'start' GROUP BY n.id"""
RENAME = """
WITH renamed AS (
  UPDATE visit SET contact_id = -id WHERE contact_id = ANY(%s) RETURNING id, campaign_id)
UPDATE step_log l SET contact_id = -renamed.id
FROM renamed JOIN campaign_node n ON n.campaign_id = renamed.campaign_id
WHERE l.node_id = n.id AND l.visit_id = renamed.id"""
VISITS = """
SELECT c.name, v.entered_at, v.left_at, v.reason,
  (SELECT array_agg(ARRAY[n.name, to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')]
                    ORDER BY l.at)
   FROM campaign_node n JOIN step_log l ON l.node_id = n.id AND l.visit_id = v.id
   WHERE n.campaign_id = v.campaign_id)
FROM visit v LEFT JOIN campaign c ON c.id = v.campaign_id
WHERE v.contact_id = %s ORDER BY v.entered_at, v.id"""


def merge(winner: int, loser: int, now: datetime) -> None:
    """Hand the loser's ways to the winner; repeating it is harmless."""
    with connection.cursor() as cursor:
        cursor.execute(BOTH, [winner, loser])
        for campaign, visit in cursor.fetchall():
            leave(campaign, [visit], LeftFor.MERGED, now)
        cursor.execute(MOVE, {"winner": winner, "loser": loser})


def forget(contacts: Sequence[int], now: datetime) -> None:
    """End people's ways and take the name off what stays for the figures."""
    values: dict[str, Any] = {"contacts": list(contacts), "now": now, "why": int(LeftFor.ERASED)}
    with connection.cursor() as cursor:
        cursor.execute(FORGET, values)
        cursor.execute(RENAME, [list(contacts)])


def export(contact: int) -> list[dict[str, Any]]:
    """Return the person's ways and the steps on them."""
    with connection.cursor() as cursor:
        cursor.execute(VISITS, [contact])
        return [
            {
                "campaign": name or "",
                "entered_at": clock.iso(entered_at),
                "left_at": clock.iso(left_at) if left_at else None,
                "reason": LeftFor(reason).name.lower() if reason else None,
                "steps": [{"step": step, "at": at} for step, at in steps or ()],
            }
            for name, entered_at, left_at, reason, steps in cursor.fetchall()
        ]
