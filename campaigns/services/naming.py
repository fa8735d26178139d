"""Which objects a campaign names, in its draft and in what runs: they may not be deleted."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any

from campaigns.graph import decisions
from campaigns.models import Campaign
from campaigns.models.campaign import Rules
from kernel import filters
from kernel.actions import contact_actions
from kernel.filters import FilterProblem

Named = tuple[str, int]


def campaigns_naming(kind: str, number: int) -> Iterator[Campaign]:
    """Find the campaigns whose draft or running version names an object."""
    for campaign in Campaign.objects.select_related("published"):
        if (kind, number) in _named_by_any(campaign):
            yield campaign


def count_naming(kind: str, numbers: Collection[int]) -> dict[int, int]:
    """Count the campaigns that name each of these objects, reading every campaign once."""
    found: Counter[int] = Counter()
    for campaign in Campaign.objects.select_related("published"):
        found.update(number for one, number in _named_by_any(campaign) if one == kind)
    return {number: found[number] for number in numbers}


def _named_by_any(campaign: Campaign) -> set[Named]:
    """Return what the draft or what runs names."""
    running = named(campaign.published) if campaign.published else set[Named]()
    return named(campaign) | running


def named(rules: Rules) -> set[Named]:
    """Return the objects that sources, actions, conditions and decisions name."""
    found = {
        (kind, int(source[kind]))
        for source in rules.sources
        for kind in ("segment", "campaign")
        if kind in source
    }
    for node in rules.graph.get("nodes", ()):
        # Steps of a draft may be half written, and then name nothing.
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            found |= _named_by(node)
    return found


def _named_by(node: Mapping[str, Any]) -> set[Named]:
    config: Mapping[str, Any] = node.get("config", {})
    if node["kind"] == "action":
        action = contact_actions.get(node.get("key", ""))
        return set(action(config).uses()) if action else set()
    if node["kind"] == "decision" or (node["kind"] == "goal" and node.get("key")):
        about = decisions.subject(node.get("key", ""), decisions.conditions(config))
        return {(about[0], number) for number in about[1]} if about else set()
    trees = [config.get("filter"), *(item.get("filter") for item in config.get("branches", ()))]
    return {use for tree in trees if tree is not None for use in _named_in(tree)}


def _named_in(tree: Any) -> set[Named]:
    try:
        return filters.uses(tree)
    except FilterProblem:
        return set()
