"""After a pause: who goes on, counted before the campaign is published again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.graph.plan import plan_of
from campaigns.models import Campaign
from campaigns.services import comparing
from campaigns.services.inside import active, running_versions
from campaigns.services.planning import by_index

# Clocks stood still: what was due before the pause is due now, dates alone went on.
AT_ONCE = """
SELECT count(DISTINCT k.visit_id) FROM (
  SELECT visit_id, contact_id FROM step WHERE node_id = ANY(%(still)s::int[])
    AND state IN (0, 2) AND due_at <= %(paused)s
  UNION ALL
  SELECT visit_id, contact_id FROM step WHERE node_id = ANY(%(dated)s::int[])
    AND state IN (0, 2) AND due_at <= %(now)s) k
WHERE %(owner)s::bigint IS NULL OR EXISTS (
  SELECT FROM contact c WHERE c.id = k.contact_id AND c.owner_id = %(owner)s)"""


@dataclass(frozen=True)
class Resumed:
    """Who is on the way, and how many of them a step is carried out for at once."""

    people: int
    at_once: int


def count(campaign: Campaign, now: datetime, owner: int | None) -> Resumed | None:
    """Count who would go on; None: the campaign does not stand still.

    Steps the draft has changed or has no more are not told: what becomes of those is chosen.
    """
    if campaign.state != Campaign.State.UNPUBLISHED:
        return None
    drawn = {node["id"]: node for node in campaign.graph.get("nodes", ())}
    still, dated = list[int](), list[int]()
    for version in running_versions(campaign):
        same = {node["id"] for node in version.graph["nodes"] if _is_kept(node, drawn)}
        for name, node in plan_of(version.pk).by_name().items():
            if name in same:
                (dated if "until" in node.config else still).append(node.id)
    values = {"still": still, "dated": dated, "paused": campaign.unpublished_at}
    with by_index(), connection.cursor() as cursor:
        cursor.execute(AT_ONCE, values | {"now": now, "owner": owner})
        at_once = int(cursor.fetchone()[0])
    return Resumed(sum(active(campaign, owner).values()), at_once)


def _is_kept(node: Mapping[str, Any], drawn: Mapping[str, Any]) -> bool:
    other = drawn.get(node["id"])
    return other is not None and not comparing.differ(dict(node), other)
