"""Campaigns in tests: drawn in a few words, driven through REST."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rest_framework.test import APIClient

from contacts.models import Contact, ContactState

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
Json = dict[str, Any]
VISITED = "shop.visited"


def people(number: int, start: int = 0) -> list[int]:
    """Make contacts the quick way, numbered from `start` on."""
    made = Contact.objects.bulk_create(
        Contact(email=f"p{place}@example.com", country="FR" if place % 2 else "DE")
        for place in range(start, start + number)
    )
    ContactState.objects.bulk_create(ContactState(contact=contact) for contact in made)
    return [contact.pk for contact in made]


def node(name: str, kind: str, key: str = "", **config: Any) -> Json:
    return {"id": name, "kind": kind, "config": config, **({"key": key} if key else {})}


def points(name: str, delta: int = 1) -> Json:
    return node(name, "action", "points.adjust", delta=delta)


def graph(nodes: Sequence[Json], *edges: str) -> Json:
    """Draw: `graph([…], "start>a", "a>b", "b:yes>c")`."""
    drawn = []
    for edge in edges:
        source, target = edge.split(">")
        name, _colon, branch = source.partition(":")
        drawn.append({"from": name, "to": target, "branch": branch or "next"})
    return {"nodes": list(nodes), "edges": drawn}


def deciding(**config: Any) -> Json:
    """Draw one decision after a first step: 1 point, then 10 for yes and 100 for no."""
    return graph(
        [
            points("first"),
            node("asked", "decision", VISITED, **config),
            points("yes", 10),
            points("no", 100),
        ],
        "start>first",
        "first>asked",
        "asked:yes>yes",
        "asked:no>no",
    )


def run(api: APIClient, drawing: Json, **settings: Any) -> str:
    """Make a campaign and publish it; return its id."""
    body = {"name": "Journey", "sources": [{"manual": True}], **settings, "graph": drawing}
    made = ok(api.post("/api/v1/campaigns", body), 201)
    ok(api.post(f"/api/v1/campaigns/{made['id']}/publish"))
    return str(made["id"])


def bring(api: APIClient, campaign: str, contacts: Sequence[int], **more: Any) -> Json:
    body = {"add": list(contacts), **more}
    return ok(api.post(f"/api/v1/campaigns/{campaign}/contacts", body))


def figures(api: APIClient, campaign: str) -> dict[str, Json]:
    found: dict[str, Json] = statistics(api, campaign)["nodes"]
    names = ("waiting", "done", "yes", "no", "not_measurable", "failed")
    return {name: {k: counts[k] for k in names if counts[k]} for name, counts in found.items()}


def statistics(api: APIClient, campaign: str) -> Json:
    return ok(api.get(f"/api/v1/campaigns/{campaign}/statistics"))


def totals(contacts: Sequence[int]) -> list[int]:
    found = dict(
        ContactState.objects.filter(contact__in=contacts).values_list("contact_id", "points")
    )
    return [found[contact] for contact in contacts]


def ok(answer: Any, status: int = 200) -> Json:
    assert answer.status_code == status, answer.content
    body: Json = answer.json()
    return body
