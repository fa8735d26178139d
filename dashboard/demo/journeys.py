"""Segments that follow the sample's people, and two campaigns that move them."""

from datetime import datetime
from typing import Any

from campaigns.models import Campaign
from campaigns.services import drafts, publishing
from dashboard.demo.marking import mark
from emails.models import Email
from segments.services import editing

# Nothing of the sample may reach people of one's own: nobody real has an address in `.example`.
SAMPLE_ONLY = {"field": "email", "op": "ends_with", "value": ".example"}
SEGMENTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "readers": (
        "Letter readers",
        "Whoever agreed to the Thursday letter.",
        {"all": [{"field": "email", "op": "is_not_empty"}]},
    ),
    "new": (
        "New in 7 days",
        "Came in this week.",
        {"all": [{"field": "created_at", "op": "within_last", "value": "6d"}]},
    ),
    "engaged": (
        "Clicked in 30 days",
        "Clicked a link lately: the warmest people of the base.",
        {"all": [{"event": "emails.clicked", "within": "30d"}]},
    ),
    "valley": (
        "Alps, French speaking",
        "France and Switzerland, for news of the valley.",
        {
            "all": [
                {"field": "country", "op": "in", "value": ["FR", "CH"]},
                {"field": "locale", "op": "starts_with", "value": "fr"},
            ]
        },
    ),
    "vip": (
        "VIP and ski club",
        "By tag, or by many points.",
        {
            "any": [
                {"field": "tags", "op": "has_any", "value": ["vip", "ski-club"]},
                {"field": "points", "op": "gte", "value": 60},
            ]
        },
    ),
    "asleep": (
        "Asleep, British",
        "English readers who have not clicked for three months.",
        {
            "all": [
                {"field": "country", "op": "is", "value": "GB"},
                {"event": "emails.clicked", "within": "90d", "count": {"op": "eq", "value": 0}},
            ]
        },
    ),
}


def draw_segments(now: datetime, owner: int | None) -> dict[str, int]:
    """Make the segments; a job builds them."""
    made = {}
    for key, (name, description, question) in SEGMENTS.items():
        tree = {"all": [question, SAMPLE_ONLY]}
        values = {"name": name, "description": description, "filter": tree, "owner_id": owner}
        made[key] = editing.create(values, now=now).pk
    mark("segment", made.values(), now)
    return made


def publish(
    now: datetime, owner: int | None, segments: dict[str, int], emails: dict[str, Email]
) -> None:
    """Publish both campaigns: the engine itself brings people in and moves them."""
    welcome = _campaign(
        {
            "name": "Bienvenue : trois premiers jours",
            "objective": "Newcomers open a first mail and say how they ski.",
            "sources": [{"segment": segments["new"]}],
            "graph": _welcome(emails["welcome"].pk),
        },
        owner,
    )
    winback = _campaign(
        {
            "name": "Win back: workshop",
            "objective": "People who went quiet come back to the workshop.",
            "sources": [{"segment": segments["asleep"]}],
            "graph": _winback(emails["winback"].pk),
        },
        owner,
    )
    mark("campaign", [welcome.pk, winback.pk], now)
    for campaign in (welcome, winback):
        publishing.publish(campaign.pk, now)


def _campaign(values: dict[str, Any], owner: int | None) -> Campaign:
    return drafts.create({**values, "owner_id": owner})


def _node(name: str, kind: str, key: str, at: tuple[int, int], **config: Any) -> dict[str, Any]:
    place = {"x": at[0], "y": at[1]}
    found = {"id": name, "kind": kind, "config": config, "position": place}
    return {**found, "key": key} if key else found


def _edge(source: str, target: str, branch: str = "next") -> dict[str, str]:
    return {"from": source, "to": target, "branch": branch}


def _welcome(email: int) -> dict[str, Any]:
    return {
        "nodes": [
            _node("mail", "action", "emails.send", (240, 120), email=str(email)),
            _node("opened", "decision", "emails.opened", (240, 260), email=str(email), within="3d"),
            _node("points", "action", "points.adjust", (80, 400), delta=10),
            _node("patience", "wait", "", (400, 400), **{"for": "2d"}),
            _node("tag", "action", "tags.change", (400, 540), add=["test-week"], remove=[]),
        ],
        "edges": [
            _edge("start", "mail"),
            _edge("mail", "opened"),
            _edge("opened", "points", "yes"),
            _edge("opened", "patience", "no"),
            _edge("patience", "tag"),
        ],
    }


def _winback(email: int) -> dict[str, Any]:
    rich = {"all": [{"field": "points", "op": "gte", "value": 20}]}
    return {
        "nodes": [
            _node("rich", "condition", "", (240, 120), filter=rich),
            _node("mail", "action", "emails.send", (80, 260), email=str(email)),
            _node(
                "clicked", "decision", "emails.clicked", (80, 400), email=str(email), within="7d"
            ),
            _node("vip", "action", "tags.change", (80, 540), add=["vip"], remove=[]),
            _node("later", "wait", "", (400, 260), **{"for": "14d"}),
            _node("less", "action", "points.adjust", (400, 400), delta=-5),
        ],
        "edges": [
            _edge("start", "rich"),
            _edge("rich", "mail", "yes"),
            _edge("rich", "later", "no"),
            _edge("mail", "clicked"),
            _edge("clicked", "vip", "yes"),
            _edge("later", "less"),
        ],
    }
