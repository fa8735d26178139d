"""The figures of one user's contacts: counted when asked, for the kept ones are everybody's."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from campaigns.graph.schema import START
from campaigns.models import Campaign, Outcome, StepState
from campaigns.services.figures import NAMES

OWN = """
own AS MATERIALIZED (
  SELECT v.id, v.campaign_id, v.contact_id, v.left_at FROM visit v JOIN contact c
    ON c.id = v.contact_id AND c.owner_id = %(owner)s
  WHERE v.campaign_id = ANY(%(campaigns)s::bigint[]))"""
_NODES = "SELECT id FROM campaign_node WHERE campaign_id = ANY(%(campaigns)s::bigint[])"
_PARKED = f"s.state = {int(StepState.PARKED)}"
# In the order of `figures.NAMES`. Finished steps are found visit by visit.
STEPS = f"""
WITH {OWN}
SELECT s.node_id, count(*) FILTER (WHERE NOT {_PARKED}), 0, 0, 0, 0,
       count(*) FILTER (WHERE {_PARKED})
FROM own JOIN step s ON s.visit_id = own.id GROUP BY 1
UNION ALL
SELECT l.node_id, 0, count(*), count(*) FILTER (WHERE l.outcome = {int(Outcome.YES)}),
       count(*) FILTER (WHERE l.outcome = {int(Outcome.NO)}),
       count(*) FILTER (WHERE l.outcome = {int(Outcome.NOT_MEASURABLE)}), 0
FROM own JOIN step_log l ON l.visit_id = own.id AND l.node_id IN ({_NODES}) GROUP BY 1"""  # noqa: S608 - constants
ENTRANCES = f"""
WITH {OWN}
SELECT campaign_id, count(*) FILTER (WHERE left_at IS NULL), count(*), count(DISTINCT contact_id)
FROM own GROUP BY 1"""  # noqa: S608 - constants


def read(campaign: Campaign, names: dict[int, str], owner: int) -> dict[int, dict[str, int]]:
    """Return the figures of a campaign's nodes (number: name), as `figures.read` does."""
    values: dict[str, Any] = {"campaigns": [campaign.pk], "owner": owner}
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(STEPS, values)
        for node, *counts in cursor.fetchall():
            before = found.get(node, dict.fromkeys(NAMES, 0))
            pairs = zip(NAMES, counts, strict=True)
            found[node] = {name: before[name] + count for name, count in pairs}
    on_the_way, visits, contacts = entrances([campaign.pk], owner).get(campaign.pk, (0, 0, 0))
    start = {"waiting": on_the_way, "done": visits, "yes": contacts}
    for number, name in names.items():
        if name == START:
            found[number] = dict.fromkeys(NAMES, 0) | start
    return found


def entrances(campaigns: Sequence[int], owner: int) -> dict[int, tuple[int, int, int]]:
    """Count for each campaign the visits on the way, all of them, and the contacts that came."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRANCES, {"campaigns": list(campaigns), "owner": owner})
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}
