"""The figures of one user's contacts: counted when asked, for the kept ones are everybody's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from campaigns.graph.schema import START
from campaigns.models import Campaign, Outcome, StepState
from campaigns.services.choosing import EVERYTHING, Choice
from campaigns.services.figures import ALL

OWN = """
own AS MATERIALIZED (
  SELECT v.id, v.campaign_id, v.contact_id, v.number, v.entered_at, v.left_at
  FROM visit v JOIN contact c ON c.id = v.contact_id AND c.owner_id = %(owner)s
  WHERE v.campaign_id = ANY(%(campaigns)s::bigint[])
    AND (%(version)s::bigint IS NULL OR v.version_id = %(version)s))"""
_NODES = "SELECT id FROM campaign_node WHERE campaign_id = ANY(%(campaigns)s::bigint[])"
_PARKED = f"s.state = {int(StepState.PARKED)}"
# In the order of `figures.ALL`, after node and branch. Finished steps are found visit by visit;
# who left a step without passing it is not told of any more: of those who came, only the others.
STEPS = f"""
WITH {OWN},
done AS (
  SELECT l.node_id, l.outcome FROM own JOIN step_log l ON l.visit_id = own.id
  AND l.node_id IN ({_NODES}) WHERE l.at >= %(begins)s AND l.at < %(ends)s)
SELECT s.node_id, 0, count(*) FILTER (WHERE NOT {_PARKED}), 0, 0, 0, 0,
       count(*) FILTER (WHERE {_PARKED}),
       count(*) FILTER (WHERE s.arrived_at >= %(begins)s AND s.arrived_at < %(ends)s), 0,
       count(*) FILTER (WHERE {_PARKED} AND s.due_at >= %(begins)s AND s.due_at < %(ends)s)
FROM own JOIN step s ON s.visit_id = own.id GROUP BY 1
UNION ALL
SELECT node_id, 0, 0, count(*), count(*) FILTER (WHERE outcome = {int(Outcome.YES)}),
       count(*) FILTER (WHERE outcome = {int(Outcome.NO)}),
       count(*) FILTER (WHERE outcome = {int(Outcome.NOT_MEASURABLE)}), 0, count(*),
       count(*) FILTER (WHERE outcome = {int(Outcome.SKIPPED)}), 0
FROM done GROUP BY 1
UNION ALL
SELECT node_id, outcome - {Outcome.BRANCH - 1}, 0, count(*), 0, 0, 0, 0, 0, 0, 0
FROM done WHERE outcome >= {int(Outcome.BRANCH)} GROUP BY 1, 2"""  # noqa: S608 - constants
ENTRANCES = f"""
WITH {OWN}, told AS (
  SELECT *, entered_at >= %(begins)s AND entered_at < %(ends)s came,
         left_at >= %(begins)s AND left_at < %(ends)s went FROM own)
SELECT campaign_id, count(*) FILTER (WHERE left_at IS NULL), count(*) FILTER (WHERE came),
       count(*) FILTER (WHERE came AND number = 1), count(*) FILTER (WHERE went)
FROM told GROUP BY 1"""  # noqa: S608 - constants
DAYS = f"""
WITH {OWN}
SELECT (at AT TIME ZONE %(zone)s)::date, sum(entries), sum(leaves), sum(goals) FROM (
  SELECT entered_at AS at, 1 entries, 0 leaves, 0 goals FROM own
  UNION ALL SELECT left_at, 0, 1, 0 FROM own WHERE left_at IS NOT NULL
  UNION ALL SELECT l.at, 0, 0, 1 FROM own JOIN step_log l ON l.visit_id = own.id
    AND l.node_id = ANY(%(goals)s::int[]) AND l.outcome = {int(Outcome.YES)}) k
WHERE at >= %(begins)s AND at < %(ends)s GROUP BY 1 ORDER BY 1"""  # noqa: S608 - constants
Place = tuple[int, int]


def read(campaign: Campaign, names: dict[int, str], owner: int) -> dict[int, dict[str, int]]:
    """Return the figures of a campaign's nodes (number: name), as `figures.read` does."""
    counted = places(campaign, names, replace(EVERYTHING, owner=owner))
    return {node: counts for (node, branch), counts in counted.items() if not branch}


def places(
    campaign: Campaign, names: dict[int, str], choice: Choice
) -> dict[Place, dict[str, int]]:
    """Return the figures by node and branch (0: the node itself)."""
    values: dict[str, Any] = {**choice.values(), "campaigns": [campaign.pk]}
    found: dict[Place, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(STEPS, values)
        for node, branch, *counts in cursor.fetchall():
            before = found.get((node, branch), dict.fromkeys(ALL, 0))
            pairs = zip(ALL, counts, strict=True)
            found[node, branch] = {name: before[name] + count for name, count in pairs}
        cursor.execute(ENTRANCES, values)
        _campaign, active, visits, contacts, left = (cursor.fetchone() or [0] * 5)[:5]
    start = {"waiting": active, "done": visits, "yes": contacts, "left": left}
    for number, name in names.items():
        if name == START:
            found[number, 0] = dict.fromkeys(ALL, 0) | start
    return found


def days(campaign: int, goals: Sequence[int], choice: Choice) -> list[tuple[Any, ...]]:
    """Return day, entries, leaves and goals reached, of the days that had any."""
    with connection.cursor() as cursor:
        values = {**choice.values(), "campaigns": [campaign], "goals": list(goals)}
        cursor.execute(DAYS, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def entrances(campaigns: Sequence[int], owner: int) -> dict[int, tuple[int, int, int]]:
    """Count for each campaign the visits on the way, all of them, and the contacts that came."""
    with connection.cursor() as cursor:
        values = replace(EVERYTHING, owner=owner).values()
        cursor.execute(ENTRANCES, {**values, "campaigns": list(campaigns)})
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}
