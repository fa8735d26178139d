"""Leaving a campaign: the visit ends, its live steps go, and the event says why."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from campaigns.graph.schema import START
from campaigns.models import CampaignNode, LeftFor
from campaigns.services import figures
from campaigns.services.arrays import numbers
from campaigns.services.planning import by_index
from kernel import events
from kernel.partitions import ensure_partitions, nearest_room

# In a statement of its own: the engine holds the visits it works on, and whoever waited for it
# must then see the steps it made.
LOCK = """
SELECT id FROM visit WHERE id = ANY(%s::bigint[]) AND left_at IS NULL
ORDER BY id FOR NO KEY UPDATE"""
STILL = """
SELECT v FROM unnest(%s::bigint[]) v
WHERE NOT EXISTS (SELECT 1 FROM step s WHERE s.visit_id = v)"""
LEAVE = f"""
WITH ended AS (
  UPDATE visit SET left_at = %(at)s, reason = %(why)s WHERE id = ANY(%(visits)s::bigint[])
  RETURNING id, contact_id, entered_at, version_id),
gone AS (
  DELETE FROM step WHERE visit_id = ANY(%(visits)s::bigint[])
  RETURNING visit_id, node_id, state = 3 AS parked),
counted AS (
  INSERT INTO node_delta (node_id, version_id, day, waiting, failed)
  SELECT node_id, version_id, {figures.DAY}, -count(*) FILTER (WHERE NOT parked),
         -count(*) FILTER (WHERE parked)
  FROM gone JOIN ended ON ended.id = gone.visit_id GROUP BY node_id, version_id
  UNION ALL SELECT %(start)s, version_id, {figures.DAY}, -count(*), 0 FROM ended
  GROUP BY version_id),
fresh AS (
  SELECT contact_id, %(campaign)s::bigint subject_id, %(told_at)s occurred_at,
         NULL::smallint verdict, %(data)s::jsonb data
  FROM ended ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - a statement of ours


def leave(
    campaign: int, visits: Sequence[int], reason: LeftFor, now: datetime, *, depth: int = 0
) -> int:
    """End these visits, whatever they are waiting for; return how many were still under way."""
    if not visits:
        return 0
    told_at = nearest_room(now)
    ensure_partitions({told_at})
    start = start_node(campaign)
    with by_index(), connection.cursor() as cursor:
        cursor.execute(LOCK, [numbers(sorted(visits))])
        held = [row[0] for row in cursor.fetchall()]
        if not held:
            return 0
        cursor.execute(
            LEAVE,
            {
                **events.parameters(
                    "campaigns.left", now=now, depth=depth, reads=[f"campaign:{campaign}"]
                ),
                "visits": numbers(held),
                "campaign": campaign,
                "start": start,
                "told_at": told_at,
                "now": now,
                "why": int(reason),
                "data": f'{{"reason": "{reason.name.lower()}"}}',
            },
        )
        return int(cursor.fetchone()[0])


def without_steps(visits: Sequence[int]) -> list[int]:
    """Return the visits that no live step keeps going."""
    if not visits:
        return []
    with by_index(), connection.cursor() as cursor:
        cursor.execute(STILL, [numbers(visits)])
        return [row[0] for row in cursor.fetchall()]


def start_node(campaign: int) -> int:
    """Return the number of a campaign's entrance, whose figures are the campaign's own."""
    return CampaignNode.objects.values_list("id", flat=True).get(campaign=campaign, name=START)


def active_visits(campaign: int, contacts: Sequence[int]) -> list[int]:
    """Return the visits of contacts that are under way, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM visit WHERE contact_id = ANY(%s::bigint[]) AND campaign_id = %s"
            " AND left_at IS NULL ORDER BY id",
            [list(contacts), campaign],
        )
        return [row[0] for row in cursor.fetchall()]
