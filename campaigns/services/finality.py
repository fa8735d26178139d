"""Campaigns with steps that nothing takes back: who may lead contacts in."""

from collections.abc import Collection, Mapping
from typing import Any

from campaigns.models import Campaign
from kernel.actions import ContactAction, contact_actions
from kernel.permissions import Actor


def check(campaigns: Collection[int], user: Actor) -> None:
    """Refuse to lead contacts into campaigns whose final steps the user may not have done.

    Raises `ConfigProblem`, as drawing such a step does.
    """
    for action in _final(campaigns):
        action.check_reach(user, action.needs)


def is_led_by(campaign: Campaign, segment: int) -> bool:
    """Say whether a segment's members come into what runs of a campaign that has a final step."""
    version = campaign.published
    if version is None or campaign.state != Campaign.State.PUBLISHED:
        return False
    leads = any(str(source.get("segment")) == str(segment) for source in version.sources)
    return leads and is_final(version.graph)


def is_final(graph: Mapping[str, Any]) -> bool:
    """Say whether a drawing has a final step."""
    return bool(_final_steps(graph))


def _final(campaigns: Collection[int]) -> list[ContactAction]:
    rows = Campaign.objects.filter(pk__in=campaigns, published__isnull=False)
    graphs = rows.values_list("published__graph", flat=True)
    return [action for graph in graphs for action in _final_steps(graph)]


def _final_steps(graph: Mapping[str, Any]) -> list[ContactAction]:
    nodes = [node for node in graph.get("nodes", ()) if node.get("kind") == "action"]
    known = [(contact_actions.get(node.get("key", "")), node) for node in nodes]
    return [kind(node.get("config", {})) for kind, node in known if kind and kind.final]
