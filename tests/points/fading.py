"""Scores that fade in tests: how they do, and the nights in which they do so."""

from datetime import timedelta
from typing import Any

from rest_framework.test import APIClient

from kernel import clock, jobs
from points.tasks import FADE
from tests.journey import ok
from tests.settle import settle


def total_fades(api: APIClient, **more: Any) -> None:
    ok(api.patch("/api/v1/preferences", {f"points.decay_{key}": v for key, v in more.items()}))


def fading_group(api: APIClient, **more: Any) -> int:
    body = {"name": "Skis", **{f"decay_{key}": value for key, value in more.items()}}
    return int(ok(api.post("/api/v1/point-groups", body), 201)["id"])


def night() -> None:
    jobs.enqueue(FADE, {}, now=clock.now())
    settle()


def later(traveller: Any, **more: float) -> None:
    traveller.shift(timedelta(**more))
