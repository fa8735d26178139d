"""Campaigns with steps that nothing takes back: who may lead contacts in."""

from collections.abc import Collection

from campaigns.models import Campaign
from kernel.actions import ContactAction, contact_actions
from kernel.permissions import Actor


def check(campaigns: Collection[int], user: Actor) -> None:
    """Refuse to lead contacts into campaigns whose final steps the user may not have done.

    Raises `ConfigProblem`, as drawing such a step does.
    """
    for action in _final(campaigns):
        action.check_reach(user, action.needs)


def _final(campaigns: Collection[int]) -> list[ContactAction]:
    rows = Campaign.objects.filter(pk__in=campaigns, published__isnull=False)
    nodes = [
        node
        for graph in rows.values_list("published__graph", flat=True)
        for node in graph.get("nodes", ())
        if node.get("kind") == "action"
    ]
    known = [(contact_actions.get(node.get("key", "")), node) for node in nodes]
    return [kind(node.get("config", {})) for kind, node in known if kind and kind.final]
