"""What publishing the draft would change, and for whom on their way."""

from collections.abc import Mapping
from typing import Any

from campaigns.models import Campaign

Json = dict[str, Any]
# Who stands at such a step waits anew when its settings change.
WAITING = frozenset({"wait", "decision", "goal"})
SETTINGS = ("sources", "reentry", "cooldown", "holdout", "on_leave", "start_at", "end_at", "on_end")


def changes(campaign: Campaign) -> Json:
    """Compare the draft with what was published last: steps by id, connections, settings."""
    version = campaign.published
    if version is None:
        return {"added": [], "removed": [], "edited": [], "anew": [], "paths": 0, "settings": []}
    before, after = _by_id(version.graph), _by_id(campaign.graph)
    edited = [name for name in after if name in before and differ(before[name], after[name])]
    return {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "edited": edited,
        "anew": [name for name in edited if {before[name]["kind"], after[name]["kind"]} & WAITING],
        "paths": len(edges(version.graph) ^ edges(campaign.graph)),
        "settings": [
            name for name in SETTINGS if getattr(version, name) != getattr(campaign, name)
        ],
    }


def _by_id(graph: Mapping[str, Any]) -> dict[str, Json]:
    return {node["id"]: node for node in graph.get("nodes", ())}


def differ(before: Json, after: Json) -> bool:
    """Say whether a step is another one, or has other settings."""
    names = ("kind", "key", "config")
    return any((before.get(name) or None) != (after.get(name) or None) for name in names)


def edges(graph: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Return the connections: from where, by which branch, where to."""
    return {
        (edge["from"], edge.get("branch", "next"), edge["to"]) for edge in graph.get("edges", ())
    }
