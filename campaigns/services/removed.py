"""Steps that are drawn no more and still have figures: what they were when drawn last."""

from collections.abc import Collection
from typing import Any

from campaigns.models import Campaign, CampaignVersion
from campaigns.services import titling

# Of so many versions, the newest, the steps are looked for.
MOST_VERSIONS = 100


def steps(campaign: Campaign, told: Collection[str], user: Any) -> dict[str, dict[str, str]]:
    """Return kind, key and title of those among the steps with figures that the draft lacks.

    The title is empty where the user may not see what the step names.
    """
    drawn = {node["id"] for node in campaign.graph.get("nodes", ())}
    missing, found = set(told) - drawn, dict[str, dict[str, str]]()
    versions = CampaignVersion.objects.filter(campaign=campaign).order_by("-number")
    for version in versions[:MOST_VERSIONS] if missing else ():
        nodes = [node for node in version.graph.get("nodes", ()) if node["id"] in missing]
        if nodes:
            with titling.looked_up(version, user=user):
                titles = titling.titles(version, user)
            found |= {node["id"]: _told(node, titles) for node in nodes}
            missing -= found.keys()
        if not missing:
            break
    return found


def _told(node: dict[str, Any], titles: dict[str, str]) -> dict[str, str]:
    return {
        "kind": node["kind"],
        "key": str(node.get("key") or ""),
        "title": titles.get(node["id"], ""),
    }
