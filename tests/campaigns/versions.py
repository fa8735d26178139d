"""Publishing again in tests, with people on their way."""

from typing import Any

from campaigns.models import Step
from tests.journey import Json, ok
from tests.settle import settle


def redraw(api: Any, campaign: str, drawing: Json) -> None:
    ok(api.patch(f"/api/v1/campaigns/{campaign}", {"graph": drawing}))


def publish(api: Any, campaign: str, *, settled: bool = True, **how: Any) -> Json:
    answer = ok(api.post(f"/api/v1/campaigns/{campaign}/publish", how, format="json"))
    if settled:
        settle()
    return answer


def in_flight(api: Any, campaign: str) -> Json:
    return ok(api.get(f"/api/v1/campaigns/{campaign}/in-flight"))


def standing(api: Any, campaign: str) -> dict[str, tuple[str, int, int]]:
    steps = in_flight(api, campaign)["steps"]
    return {step["step"]: (step["state"], step["waiting"], step["failed"]) for step in steps}


def places() -> dict[int, list[str]]:
    """Say where each contact stands."""
    found: dict[int, list[str]] = {}
    for contact, name in Step.objects.order_by("node__name").values_list(
        "contact_id", "node__name"
    ):
        found.setdefault(contact, []).append(name)
    return found
