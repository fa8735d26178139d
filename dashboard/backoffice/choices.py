"""What somebody hid or skipped of the first steps."""

from typing import Any

from backoffice.models import UserChoice
from dashboard.services.steps import STEPS
from kernel.permissions import Actor

CHOICE = "dashboard.steps"


def choice(user: Actor) -> dict[str, Any]:
    """Return what somebody hid."""
    return {"hidden": False, "skipped": [], **UserChoice.get(user, CHOICE, {})}


def skip(user: Actor, key: str) -> None:
    """Skip a step, or take it up again."""
    now = choice(user)
    skipped = set(now["skipped"]) ^ ({key} & {step.key for step in STEPS})
    UserChoice.put(user, CHOICE, {**now, "skipped": sorted(skipped)})


def hide(user: Actor, *, hidden: bool) -> None:
    """Hide the steps from the start page, or show them again."""
    UserChoice.put(user, CHOICE, {**choice(user), "hidden": hidden})
