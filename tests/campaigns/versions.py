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


def publish_anew(api: Any, campaign: str, **how: Any) -> Json:
    """Publish what runs already but for an end far away: the same would make no version."""
    path = f"/api/v1/campaigns/{campaign}"
    year = 2100 + ok(api.get(path))["published_version"]
    ok(api.patch(path, {"end_at": f"{year}-01-01T00:00:00Z"}))
    return publish(api, campaign, **how)


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
