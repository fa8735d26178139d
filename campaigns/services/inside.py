"""Those on their way when a version is published: where they stand, and what becomes of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.graph.schema import START
from campaigns.models import Campaign, CampaignNode, CampaignVersion
from campaigns.services import comparing, figures, owned, saying
from kernel.registry import ConfigProblem, Problem

ACTIVE = """
SELECT v.edition, count(*) FROM visit v
WHERE v.campaign_id = %(campaign)s AND v.left_at IS NULL AND {seen} GROUP BY 1"""
OWN = "EXISTS (SELECT 1 FROM contact c WHERE c.id = v.contact_id AND c.owner_id = %(owner)s)"


@dataclass(frozen=True)
class Inside:
    """What becomes of those on their way.

    They `finish` in the version they go through, or follow the steps of the new one. `moves` says
    to which step those go who stand on another; None: their way ends there.
    """

    finish: bool = False
    moves: Mapping[str, str | None] = field(default_factory=dict)


@dataclass
class Standing:
    """A step of what runs: how many stand there, and whether the draft still has it so."""

    step: str
    kind: str
    key: str
    title: str
    # `same`, `changed` or `gone`.
    state: str
    versions: list[int]
    waiting: int = 0
    failed: int = 0


def running_versions(campaign: Campaign) -> list[CampaignVersion]:
    """Return the newest version, and the older ones in which some finish."""
    wanted = [campaign.published_id, *campaign.finishing]
    found = CampaignVersion.objects.in_bulk([number for number in wanted if number])
    return [found[number] for number in wanted if number in found]


def still_peopled(campaign: Campaign) -> list[int]:
    """Return the versions that have somebody on the way, of those that run."""
    versions = running_versions(campaign)
    nodes = _nodes(campaign, versions)
    counted = figures.read(nodes)
    peopled = {
        nodes[number][0]
        for number, counts in counted.items()
        if counts["waiting"] or counts["failed"]
    }
    return [version.pk for version in versions if version.edition in peopled]


def check_moves(campaign: Campaign, inside: Inside) -> None:
    """Refuse moves from steps that do not run, and to steps the draft does not have."""
    known = {
        node["id"] for version in running_versions(campaign) for node in version.graph["nodes"]
    }
    drawn = {node["id"] for node in campaign.graph["nodes"]}
    problems: list[Problem] = []
    if inside.finish and inside.moves:
        message = _("Whoever finishes in the older version is not moved.")
        problems.append({"field": "moves", "code": "contradiction", "message": message})
    for step, target in inside.moves.items():
        if step not in known:
            message = _("No version that runs has a step “%(step)s”.") % {"step": step}
            problems.append(_wrong(step, message))
        elif target is not None and target not in drawn:
            message = _("The draft has no step “%(step)s” to move anybody to.") % {"step": target}
            problems.append(_wrong(step, message))
    if problems:
        raise ConfigProblem(problems)


def _wrong(step: str, message: str) -> Problem:
    return {"field": f"moves.{step}", "code": "unknown_step", "message": message}


def standing(campaign: Campaign, owner: int | None = None) -> list[Standing]:
    """Return the steps people stand on, and those the draft has no more or has changed.

    `owner` counts the contacts of one user only.
    """
    versions = running_versions(campaign)
    nodes = _nodes(campaign, versions)
    names = {number: name for number, (_edition, name) in nodes.items()}
    counted = figures.read(names) if owner is None else owned.read(campaign, names, owner)
    here: dict[tuple[int, str], Mapping[str, int]] = defaultdict(dict)
    for number, place in nodes.items():
        here[place] = counted.get(number, {})
    drawn = {node["id"]: node for node in campaign.graph.get("nodes", ())}
    found: dict[str, Standing] = {}
    for version in versions:
        titles = saying.titles(version.graph)
        for node in version.graph["nodes"]:
            _count(found, node, titles, version, here[version.edition, node["id"]], drawn)
    return [step for step in found.values() if step.waiting or step.failed or step.state != "same"]


def _count(
    found: dict[str, Standing],
    node: dict[str, Any],
    titles: Mapping[str, str],
    version: CampaignVersion,
    counts: Mapping[str, int],
    drawn: Mapping[str, dict[str, Any]],
) -> None:
    name = node["id"]
    step = found.setdefault(
        name, Standing(name, node["kind"], node.get("key", ""), titles.get(name, name), "same", [])
    )
    step.versions.append(version.number)
    step.waiting += counts.get("waiting", 0)
    step.failed += counts.get("failed", 0)
    if name not in drawn:
        step.state = "gone"
    elif comparing.differ(node, drawn[name]):
        step.state = "changed"


def active(campaign: Campaign, owner: int | None = None) -> dict[int, int]:
    """Count who is on the way, by the number of the version they go through."""
    numbers = {version.edition: version.number for version in running_versions(campaign)}
    seen = "true" if owner is None else OWN
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE.format(seen=seen), {"campaign": campaign.pk, "owner": owner})
        counted = dict(cursor.fetchall())
    return {number: counted.get(edition, 0) for edition, number in numbers.items()}


def _nodes(campaign: Campaign, versions: Sequence[CampaignVersion]) -> dict[int, tuple[int, str]]:
    """Return edition and name of the steps of these versions, by number."""
    rows = CampaignNode.objects.filter(
        campaign=campaign, edition__in=[version.edition for version in versions]
    ).exclude(name=START)
    return {
        number: (edition, name)
        for number, edition, name in rows.values_list("id", "edition", "name")
    }
