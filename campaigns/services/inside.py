"""Those on their way when a version is published: where they stand, and what becomes of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.graph.schema import START
from campaigns.models import Campaign, CampaignNode, CampaignVersion
from campaigns.services import comparing, figures, owned
from campaigns.services.planning import by_index
from campaigns.services.running import hold
from campaigns.services.titling import looked_up, titles
from kernel import masking
from kernel.filters import restoring
from kernel.registry import ConfigProblem, Problem

ACTIVE = """
SELECT v.edition, count(*) FROM visit v
WHERE v.campaign_id = %(campaign)s AND v.left_at IS NULL AND {seen} GROUP BY 1"""
# Each by the partial index of its states.
PEOPLED = """
SELECT DISTINCT n.edition FROM campaign_node n WHERE n.campaign_id = %s AND (
  EXISTS (SELECT 1 FROM step s WHERE s.node_id = n.id AND s.state IN (0, 2))
  OR EXISTS (SELECT 1 FROM step s WHERE s.node_id = n.id AND s.state = 1)
  OR EXISTS (SELECT 1 FROM step s WHERE s.node_id = n.id AND s.state = 3))"""
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
    # Whether some who stay on it begin to wait anew.
    anew: bool = False


def running_versions(campaign: Campaign) -> list[CampaignVersion]:
    """Return the newest version, and the older ones in which some finish."""
    wanted = [campaign.published_id, *campaign.finishing]
    found = CampaignVersion.objects.in_bulk([number for number in wanted if number])
    return [found[number] for number in wanted if number in found]


def still_peopled(campaign: Campaign) -> list[int]:
    """Return the versions that have somebody on the way, of those that run.

    The steps themselves are asked: figures may be behind, and whoever is forgotten stands still.
    """
    with by_index(), connection.cursor() as cursor:
        cursor.execute(PEOPLED, [campaign.pk])
        peopled = {row[0] for row in cursor.fetchall()}
    return [row.pk for row in running_versions(campaign) if row.edition in peopled]


def trim(campaign_id: int) -> bool:
    """Let older versions in which nobody is left run no more; say whether there were any."""
    try:
        campaign = hold(campaign_id)
    except Campaign.DoesNotExist:
        # Deleted since it was found.
        return False
    left = _peopled_older(campaign)
    if campaign.fitting_since is not None or left == campaign.finishing:
        return False
    campaign.finishing = left
    campaign.save(update_fields=["finishing"])
    return True


def to_trim() -> list[int]:
    """Return the campaigns some of whose older versions have nobody left."""
    rows = Campaign.objects.exclude(finishing=[]).filter(fitting_since=None).order_by("pk")
    return [row.pk for row in rows if _peopled_older(row) != row.finishing]


def _peopled_older(campaign: Campaign) -> list[int]:
    peopled = still_peopled(campaign)
    return [version for version in campaign.finishing if version in peopled]


def check_moves(campaign: Campaign, inside: Inside) -> None:
    """Refuse moves from steps that do not run, and to steps the draft does not have."""
    known = {
        node["id"] for version in running_versions(campaign) for node in version.graph["nodes"]
    }
    drawn = {node["id"]: node for node in campaign.graph["nodes"]}
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
        elif target is not None and masking.hides_any(drawn[target]):
            # Its ways belong to whoever may see what it holds.
            problems.append({**_wrong(step, restoring.refused()), "code": masking.MASK})
    if problems:
        raise ConfigProblem(problems)


def _wrong(step: str, message: str) -> Problem:
    return {"field": f"moves.{step}", "code": "unknown_step", "message": message}


def standing(campaign: Campaign, user: Any, owner: int | None = None) -> list[Standing]:
    """Return the steps people stand on, and those the draft has no more or has changed.

    They are called by what the user may see; `owner` counts the contacts of one user only.
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
    with looked_up(*versions, user=user):
        called = [titles(version, user) for version in versions]
    for version, lines in zip(versions, called, strict=True):
        for node in version.graph["nodes"]:
            _count(found, node, lines, version, here[version.edition, node["id"]], drawn)
    return [step for step in found.values() if step.waiting or step.failed or step.state != "same"]


def _count(
    found: dict[str, Standing],
    node: dict[str, Any],
    lines: Mapping[str, str],
    version: CampaignVersion,
    counts: Mapping[str, int],
    drawn: Mapping[str, dict[str, Any]],
) -> None:
    name = node["id"]
    step = found.setdefault(
        name, Standing(name, node["kind"], node.get("key", ""), lines.get(name, name), "same", [])
    )
    step.versions.append(version.number)
    step.waiting += counts.get("waiting", 0)
    step.failed += counts.get("failed", 0)
    if name not in drawn:
        step.state = "gone"
    elif comparing.differ(node, drawn[name]):
        step.state = "changed"
        step.anew |= bool({node["kind"], drawn[name]["kind"]} & comparing.WAITING)


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
