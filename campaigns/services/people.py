"""What becomes of a person's ways through campaigns when contacts merge or are forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.models import LeftFor
from campaigns.services.figures import DAY
from campaigns.services.leaving import leave
from campaigns.services.planning import by_index
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns
from kernel.zone import ZONE

# The engine holds visits in this order, too.
HOLD = """
SELECT id FROM visit WHERE contact_id = ANY(%(losers)s::bigint[]) ORDER BY id FOR UPDATE"""
# Where both are on their way, the winner's way is the one that goes on.
BOTH = f"""
SELECT l.campaign_id, array_agg(l.id ORDER BY l.id)
FROM {PAIRS} JOIN visit l ON l.contact_id = p.loser AND l.left_at IS NULL
JOIN visit w ON w.contact_id = p.winner AND w.campaign_id = l.campaign_id AND w.left_at IS NULL
GROUP BY 1 ORDER BY 1"""  # noqa: S608 - a constant
# Who was counted as two contacts is one now.
MOVE = f"""
WITH last AS (
  SELECT contact_id, campaign_id, max(number) number FROM visit
  WHERE contact_id = ANY(%(winners)s::bigint[]) GROUP BY 1, 2),
moved AS (
  UPDATE visit v SET contact_id = p.winner,
    number = v.number + coalesce((SELECT number FROM last
      WHERE last.contact_id = p.winner AND last.campaign_id = v.campaign_id), 0)
  FROM {PAIRS} WHERE v.contact_id = p.loser RETURNING v.id, v.campaign_id, v.contact_id),
counted AS (
  INSERT INTO node_delta (node_id, version_id, day, yes)
  SELECT n.id, v.version_id, (v.entered_at AT TIME ZONE {ZONE})::date, -count(*)
  FROM {PAIRS} JOIN visit v ON v.contact_id = p.loser AND v.number = 1
  JOIN last ON last.contact_id = p.winner AND last.campaign_id = v.campaign_id
  JOIN campaign_node n ON n.campaign_id = v.campaign_id AND n.name = 'start'
  GROUP BY 1, 2, 3),
logged AS (
  UPDATE step_log l SET contact_id = moved.contact_id
  FROM moved JOIN campaign_node n ON n.campaign_id = moved.campaign_id
  WHERE l.node_id = n.id AND l.visit_id = moved.id)
UPDATE step s SET contact_id = moved.contact_id FROM moved WHERE s.visit_id = moved.id"""  # noqa: S608 - a constant
# In a statement of its own: what ends the ways then sees where a publication has just moved them.
HOLD_LIVE = """
SELECT id FROM visit WHERE contact_id = ANY(%(contacts)s) AND left_at IS NULL
ORDER BY id FOR NO KEY UPDATE"""
# The figures stay, and with them rows that name nobody: ids no contact can have.
FORGET = f"""
WITH ended AS (
  UPDATE visit SET left_at = %(now)s, reason = %(why)s
  WHERE contact_id = ANY(%(contacts)s) AND left_at IS NULL RETURNING id, campaign_id, version_id),
gone AS (
  DELETE FROM step USING ended WHERE step.visit_id = ended.id
  RETURNING step.node_id, ended.version_id, step.state = 3 AS parked)
INSERT INTO node_delta (node_id, version_id, day, waiting, failed)
SELECT node_id, version_id, {DAY}, -count(*) FILTER (WHERE NOT parked),
       -count(*) FILTER (WHERE parked)
FROM gone GROUP BY node_id, version_id
UNION ALL
SELECT n.id, ended.version_id, {DAY}, -count(*), 0 FROM ended JOIN campaign_node n
  ON n.campaign_id = ended.campaign_id AND n.name = 'start' GROUP BY n.id, ended.version_id"""  # noqa: S608 - a constant
# Of two that are one, the earlier is kept; whoever went was not held out.
KEPT_OUT = f"""
INSERT INTO held_out (campaign_id, contact_id, held_at)
SELECT h.campaign_id, p.winner, min(h.held_at)
FROM {PAIRS} JOIN held_out h ON h.contact_id = p.loser GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (campaign_id, contact_id)
DO UPDATE SET held_at = least(held_out.held_at, excluded.held_at);
DELETE FROM held_out WHERE contact_id = ANY(%(losers)s::bigint[])"""  # noqa: S608 - a constant
# Whom a pass over a date or inactivity found; whoever is asked for is looked at again.
DUE = f"""
INSERT INTO source_due (clock_id, contact_id)
SELECT DISTINCT d.clock_id, p.winner FROM {PAIRS} JOIN source_due d ON d.contact_id = p.loser
ORDER BY 1, 2 ON CONFLICT DO NOTHING;
DELETE FROM source_due WHERE contact_id = ANY(%(losers)s::bigint[])"""  # noqa: S608 - a constant
FORGET_DUE = "DELETE FROM source_due WHERE contact_id = ANY(%s::bigint[])"
FORGET_OUT = "UPDATE held_out SET contact_id = -id WHERE contact_id = ANY(%s::bigint[])"
OUT = """
SELECT c.name, h.held_at FROM held_out h LEFT JOIN campaign c ON c.id = h.campaign_id
WHERE h.contact_id = %s ORDER BY h.held_at"""
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


def merge(pairs: Pairs, now: datetime) -> None:
    """Hand the losers' ways to the winners; repeating it is harmless."""
    values = columns(pairs)
    with by_index(), connection.cursor() as cursor:
        cursor.execute(HOLD, values)
        cursor.execute(BOTH, values)
        both = cursor.fetchall()
    for campaign, visits in both:
        leave(campaign, visits, LeftFor.MERGED, now)
    with by_index(), connection.cursor() as cursor:
        cursor.execute(MOVE, values)
        cursor.execute(KEPT_OUT, values)
        cursor.execute(DUE, values)


def forget(contacts: Sequence[int], now: datetime) -> None:
    """End people's ways and take the name off what stays for the figures."""
    values: dict[str, Any] = {"contacts": list(contacts), "now": now, "why": int(LeftFor.ERASED)}
    with connection.cursor() as cursor:
        cursor.execute(HOLD_LIVE, values)
        cursor.execute(FORGET, values)
        cursor.execute(RENAME, [list(contacts)])
        cursor.execute(FORGET_OUT, [list(contacts)])
        cursor.execute(FORGET_DUE, [list(contacts)])


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


def held_out(contact: int) -> list[dict[str, Any]]:
    """Return the campaigns the person was held out of."""
    with connection.cursor() as cursor:
        cursor.execute(OUT, [contact])
        return [{"campaign": name or "", "at": clock.iso(at)} for name, at in cursor.fetchall()]
