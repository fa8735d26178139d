"""The figures of a campaign, as the API and the canvas show them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from campaigns.graph.schema import START
from campaigns.models import Campaign
from campaigns.services import figures, owned

NONE = dict.fromkeys(figures.NAMES, 0)
ENTRANCES = """
SELECT n.campaign_id, coalesce(sum(f.waiting), 0), coalesce(sum(f.yes), 0)
FROM campaign_node n JOIN (
  SELECT node_id, waiting, yes FROM node_count
  UNION ALL SELECT node_id, waiting, yes FROM node_delta) f ON f.node_id = n.id
WHERE n.name = 'start' AND n.campaign_id = ANY(%s::bigint[]) GROUP BY 1"""


def of_campaign(campaign: Campaign, owner: int | None = None) -> dict[str, Any]:
    """Return the figures of each node, and how many contacts came, are on the way, and left.

    `owner` narrows them to the contacts of one user.
    """
    names = dict(campaign.nodes.values_list("id", "name"))
    found = figures.read(names) if owner is None else owned.read(campaign, names, owner)
    by_name: dict[str, dict[str, int]] = {}
    # Where people finish in older versions, a step has several numbers.
    for number, name in names.items():
        before, counts = by_name.get(name, NONE), found.get(number, NONE)
        by_name[name] = {figure: before[figure] + counts[figure] for figure in NONE}
    whole = by_name.pop(START, NONE)
    drawn = {node["id"] for node in campaign.graph.get("nodes", ())}
    return {
        # A removed node is shown as long as it has figures; a drawn one always.
        "nodes": {
            **dict.fromkeys(sorted(drawn), NONE),
            **{
                name: counts
                for name, counts in by_name.items()
                if name in drawn or any(counts.values())
            },
        },
        "contacts": whole["yes"],
        "visits": whole["done"],
        "active": whole["waiting"],
    }


def entrances(campaigns: Sequence[int], owner: int | None = None) -> dict[int, tuple[int, int]]:
    """Return how many are on the way in each campaign, and how many contacts ever came.

    `owner` narrows them to the contacts of one user.
    """
    found = dict.fromkeys(campaigns, (0, 0))
    if owner is not None:
        counted = owned.entrances(campaigns, owner)
        return found | {number: (way, came) for number, (way, _all, came) in counted.items()}
    with connection.cursor() as cursor:
        cursor.execute(ENTRANCES, [list(campaigns)])
        return found | {row[0]: (int(row[1]), int(row[2])) for row in cursor.fetchall()}
