"""The draft as the canvas shows it: kept however unfinished it is, told with what is wrong."""

from datetime import datetime
from typing import Any

from campaigns.graph.schema import EMPTY
from campaigns.graph.survey import survey
from campaigns.models import Campaign
from campaigns.services import comparing, saying
from campaigns.services.naming import named
from campaigns.services.titling import MOST_NAMES, looked_up
from campaigns.sources import check_sources
from kernel import subjects
from kernel.actions import ContactAction, contact_actions
from kernel.filters import restoring
from kernel.registry import ConfigProblem, Problem


def keep(campaign: Campaign, values: dict[str, Any], now: datetime, *, user: Any) -> Campaign:
    """Store the draft, with steps that cannot run yet; `ConfigProblem` where it is no graph."""
    kept = dict(values)
    if "sources" in kept:
        kept["sources"] = check_sources(kept["sources"], user=user)
    if "graph" in kept:
        kept["graph"], _problems = survey(kept["graph"], user=user)
    for name, value in kept.items():
        setattr(campaign, name, value)
    campaign.version += 1
    campaign.updated_at = now
    campaign.save(update_fields=[*kept, "version", "updated_at"])
    return campaign


def drawn(campaign: Campaign, *, user: Any) -> dict[str, Any]:
    """Return what stands against running the draft, what its steps are called, what changed.

    Whoever cannot change it is told what stands against it whoever runs it, not what they may not
    see themselves.
    """
    judge = None if subjects.beyond("campaign", [campaign.pk], user, "edit") else user
    # What the user may not see is nothing that stands against it.
    restoring.exempt([campaign.graph, campaign.sources])
    # Whatever each step asks about what it names is looked up here at once.
    with looked_up(campaign, user=user):
        graph, problems = survey(campaign.graph or EMPTY, user=user)
        unread = {problem["step"] for problem in problems if _of_settings(problem)}
        if judge is not user:
            _graph, problems = survey(campaign.graph or EMPTY, user=judge)
        problems += _source_problems(campaign, judge)
        return {
            "problems": problems + _hindrances(graph, unread),
            "titles": saying.titles(graph, unread),
            "sources": saying.sources_said(campaign.sources, user),
            "names": _names(campaign, user),
            "changes": comparing.changes(campaign),
        }


def _hindrances(graph: dict[str, Any], unread: set[str]) -> list[Problem]:
    """Tell of each action what would keep it from doing anything."""
    acting: dict[type[ContactAction], list[int]] = {}
    for number, node in enumerate(graph["nodes"]):
        action = contact_actions.get(node.get("key", "")) if node["kind"] == "action" else None
        if action is not None and node["id"] not in unread:
            acting.setdefault(action, []).append(number)
    return [
        {
            "field": f"graph.nodes.{number}.config",
            "code": "not_ready",
            "message": words,
            "step": graph["nodes"][number]["id"],
            "place": "",
        }
        for action, places in acting.items()
        for number, said in zip(places, action.hindrances(_configs(graph, places)), strict=True)
        for words in said
    ]


def _configs(graph: dict[str, Any], places: list[int]) -> list[dict[str, Any]]:
    return [graph["nodes"][number]["config"] for number in places]


def _of_settings(problem: Problem) -> bool:
    place = problem["field"].split(".")
    return len(place) > 3 and place[1] == "nodes" and place[3] in ("config", "key")


def _source_problems(campaign: Campaign, user: Any) -> list[Problem]:
    try:
        check_sources(campaign.sources, user=user)
    except ConfigProblem as refused:
        return [{**problem, "step": "start", "place": ""} for problem in refused.problems]
    return []


def _names(campaign: Campaign, user: Any) -> dict[str, dict[str, str]]:
    """Name the objects the draft points at, as far as the user may see them."""
    by_kind: dict[str, list[int]] = {}
    for kind, number in sorted(named(campaign))[:MOST_NAMES]:
        by_kind.setdefault(kind, []).append(number)
    return {
        kind: {str(number): name for number, name in subjects.seen_names(kind, ids, user).items()}
        for kind, ids in by_kind.items()
    }
