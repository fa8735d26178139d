"""Rules in tests: made through REST, fed with what people did."""

from datetime import datetime
from typing import Any

from rest_framework.test import APIClient

from kernel import clock
from kernel.events import Fact, record
from points.models import PointGroup, Score
from tests.journey import VISITED, ok

Json = dict[str, Any]


def rule(api: APIClient, delta: int = 5, event: str = VISITED, **more: Any) -> Json:
    body = {"name": "Visited the shop", "event": event, "delta": delta, **more}
    return ok(api.post("/api/v1/point-rules", body), 201)


def refused(api: APIClient, **body: Any) -> list[tuple[str, str]]:
    answer = api.post("/api/v1/point-rules", {"name": "R", "event": VISITED, "delta": 5, **body})
    assert answer.status_code == 400, answer.content
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def did(
    *contacts: int,
    key: str = VISITED,
    at: datetime | None = None,
    subject: int | None = None,
    verdict: int | None = None,
    **data: Any,
) -> list[int]:
    """Record that people did something; return the events."""
    now = clock.now()
    facts = [Fact(contact, at or now, subject, data or None, verdict) for contact in contacts]
    return record(key, facts, now=now)


def group(name: str = "Skis") -> int:
    return PointGroup.objects.create(name=name).pk


def scores(number: int) -> dict[int, int]:
    return dict(Score.objects.filter(group=number).values_list("contact_id", "points"))
