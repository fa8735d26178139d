"""The figures of a campaign, as the API and the canvas show them."""

from typing import Any

from campaigns.graph.schema import START
from campaigns.models import Campaign
from campaigns.services import figures

NONE = dict.fromkeys(figures.NAMES, 0)


def of_campaign(campaign: Campaign) -> dict[str, Any]:
    """Return the figures of each node, and how many contacts came, are on the way, and left."""
    names = dict(campaign.nodes.values_list("id", "name"))
    found = figures.read(names)
    by_name = {name: found.get(number, NONE) for number, name in names.items()}
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
