"""Which objects a campaign names, in its draft and in what runs: they may not be deleted."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from campaigns.graph import decisions, timed
from campaigns.models import Campaign, CampaignVersion
from campaigns.models.campaign import Rules
from contacts.catalogue import whole
from kernel import filters
from kernel.actions import contact_actions
from kernel.filters import FilterProblem

Named = tuple[str, int]


def naming(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, Campaign]]:
    """Find the campaigns whose draft or running version names one of some objects.

    Every campaign is read once, however many objects are asked about.
    """
    older = finishing()
    for campaign in Campaign.objects.select_related("published").order_by("pk"):
        found = named(campaign, kind)
        if campaign.published:
            found |= named(campaign.published, kind)
        for version in campaign.finishing:
            if version in older:
                found |= named(older[version], kind)
        yield from ((number, campaign) for number in numbers if (kind, number) in found)


def finishing() -> dict[int, CampaignVersion]:
    """Return the older versions in which some finish, of all campaigns."""
    rows = Campaign.objects.exclude(finishing=[]).values_list("finishing", flat=True)
    return CampaignVersion.objects.in_bulk([version for versions in rows for version in versions])


def named(rules: Rules, kind: str | None = None) -> set[Named]:
    """Return the objects that sources, actions, conditions and decisions name.

    Whoever asks for one `kind` is spared looking the others up.
    """
    found = {
        (one, int(source[one]))
        for source in rules.sources
        for one in ("segment", "campaign")
        if one in source
    }
    found |= _fields([source.get(timed.DATE) for source in rules.sources], kind)
    for source in rules.sources:
        # Of an event, what it is to be about: an email, a point trigger.
        if about := decisions.subject(source.get("event", ""), source.get("where", {})):
            found |= {(about[0], number) for number in about[1]}
    for node in rules.graph.get("nodes", ()):
        # Steps of a draft may be half written, and then name nothing.
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            found |= named_by(node, kind)
    return found


def named_by(node: Mapping[str, Any], kind: str | None = None) -> set[Named]:
    """Return the objects that a step names."""
    config: Mapping[str, Any] = node.get("config", {})
    if node["kind"] == "action":
        action = contact_actions.get(node.get("key", ""))
        uses = action(config).uses() if action and action.points_at(kind) else ()
        # A draft may have anything for a number: such a step names nothing.
        return {(one, int(number)) for one, number in uses}
    if node["kind"] == "decision" or (node["kind"] == "goal" and node.get("key")):
        about = decisions.subject(node.get("key", ""), decisions.conditions(config))
        return {(about[0], number) for number in about[1]} if about else set()
    if node["kind"] == "wait":
        return _fields([config.get("until")], kind)
    trees = [config.get("filter"), *(item.get("filter") for item in config.get("branches", ()))]
    return {use for tree in trees if tree is not None for use in _named_in(tree, kind)}


def _fields(settings: Iterable[Any], kind: str | None) -> set[Named]:
    """Return the custom fields whose dates settings follow."""
    if kind not in (None, "field"):
        return set()
    aliases = [one.get("field") for one in settings if isinstance(one, Mapping)]
    specs = [whole().get(alias) for alias in aliases if isinstance(alias, str)]
    return {("field", spec.id) for spec in specs if spec is not None and spec.id is not None}


def _named_in(tree: Any, kind: str | None) -> set[Named]:
    try:
        return filters.uses(tree, kind)
    except FilterProblem:
        return set()
