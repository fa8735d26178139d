"""The versions of a campaign: their history, what differs between two, and an old one as draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.schema import EMPTY
from campaigns.models import Campaign, CampaignVersion, OnEnd, OnLeave, Reentry
from campaigns.models.campaign import Rules
from campaigns.services import comparing, drawing, saying
from campaigns.services.publishing import RULES
from campaigns.services.titling import looked_up, titles
from kernel import masking, moments
from kernel.filters import restoring
from kernel.filters.wording import said_duration
from kernel.permissions import Actor
from kernel.registry import ConfigProblem

Json = dict[str, Any]
# What of a version may hold what somebody may not see.
HOLDING = ("graph", "sources")


@dataclass(frozen=True)
class Difference:
    """A step in one of two versions, or in both; what it is called there."""

    step: str
    # `same`, `changed`, `added` or `removed`.
    state: str
    before: str
    after: str


@dataclass(frozen=True)
class Setting:
    """A setting of the campaign that differs, in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions, with what is needed to draw it."""

    steps: list[Difference]
    paths: list[Json]
    settings: list[Setting]
    # All steps of both; of those in both, as the later has them.
    graph: Json


def history(campaign: Campaign, *, before: int | None = None, limit: int) -> list[CampaignVersion]:
    """Return up to `limit` versions, the newest first, of those before the one of a number."""
    rows = campaign.versions.select_related("published_by").defer("graph", "sources")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[:limit])


def compare(before: Rules, after: Rules, user: Actor) -> Comparison:
    """Compare two versions, or one with the draft, as far as the user may see what they name."""
    old, new = before.graph or EMPTY, after.graph or EMPTY
    olds, news = _by_id(old), _by_id(new)
    names = [*news, *(name for name in olds if name not in news)]
    with looked_up(before, after, user=user):
        called = [
            {name: lines.get(name) or name for name in drawn}
            for drawn, lines in ((olds, titles(before, user)), (news, titles(after, user)))
        ]
        settings = _settings(before, after, user)
    steps = [
        Difference(
            name, _state(olds.get(name), news.get(name)), *(told.get(name, "") for told in called)
        )
        for name in names
    ]
    return Comparison(
        steps=steps,
        paths=_paths(old, new),
        settings=settings,
        graph={
            "nodes": [news.get(name) or olds[name] for name in names],
            "edges": [
                {key: path[key] for key in ("from", "branch", "to")} for path in _paths(old, new)
            ],
        },
    )


def take_back(
    campaign: Campaign, version: CampaignVersion, now: datetime, *, user: Any
) -> Campaign:
    """Make an older version the draft; what runs stays as it is.

    `ConfigProblem` where that changed what the user may not see.
    """
    if any(restoring.differ(getattr(campaign, each), getattr(version, each)) for each in HOLDING):
        message = _("The two differ in what you may not see: whoever may see it can do this.")
        raise ConfigProblem([{"field": "", "code": masking.MASK, "message": message}])
    restoring.exempt([getattr(version, each) for each in HOLDING])
    values = {name: getattr(version, name) for name in RULES}
    return drawing.keep(campaign, values, now, user=user)


def _by_id(graph: Mapping[str, Any]) -> dict[str, Json]:
    return {node["id"]: node for node in graph.get("nodes", ())}


def _state(before: Json | None, after: Json | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "changed" if comparing.differ(before, after) else "same"


def _paths(old: Json, new: Json) -> list[Json]:
    before, after = comparing.edges(old), comparing.edges(new)
    return [
        {"from": source, "branch": branch, "to": target, "state": state}
        for state, some in (
            ("same", before & after),
            ("added", after - before),
            ("removed", before - after),
        )
        for source, branch, target in sorted(some)
    ]


def _settings(before: Rules, after: Rules, user: Actor) -> list[Setting]:
    return [
        Setting(name, _label(name), _said(before, name, user), _said(after, name, user))
        for name in comparing.SETTINGS
        if getattr(before, name) != getattr(after, name)
    ]


def _label(name: str) -> str:
    return {
        "sources": _("What leads people in"),
        "reentry": _("How often somebody may enter"),
        "cooldown": _("Least time between two entries"),
        "holdout": _("Held out"),
        "on_leave": _("Who leaves the segment"),
        "start_at": _("Starts"),
        "end_at": _("Ends"),
        "on_end": _("Who is on the way then"),
    }[name]


def _said(rules: Rules, name: str, user: Actor) -> str:
    value = getattr(rules, name)
    if name == "sources":
        return ", ".join(saying.sources_said(value, user))
    if name == "reentry":
        return str(Reentry(value).label)
    if name == "on_leave":
        return str(OnLeave(value).label)
    if name == "on_end":
        return str(OnEnd(value).label)
    if name == "holdout":
        return _("%(number)s%%") % {"number": value}
    if value is None:
        return ""
    if name == "cooldown":
        seconds = int(value.total_seconds())
        return said_duration(f"{value.days}d" if seconds % 86_400 == 0 else f"{seconds}s")
    return moments.moment(value)
