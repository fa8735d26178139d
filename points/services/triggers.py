"""Creates and changes triggers: what they do is checked with the rights of who writes them."""

from typing import Any

from kernel import action_lists
from kernel.actions import ContactAction
from kernel.permissions import Actor
from points.models import PointTrigger

MOST_ACTIONS = action_lists.MOST_ACTIONS
PLACE = "trigger"


def take_actions(trigger: PointTrigger, wanted: Any, user: Actor | None) -> None:
    """Give a trigger its actions; one whose id it has stays the one it was, others are new."""
    action_lists.take_actions(trigger, wanted, user, PLACE)


def note_uses(trigger: PointTrigger) -> None:
    """Note what a trigger points at."""
    found = action_lists.pointing_at(trigger.actions)
    if trigger.group_id is not None:
        found.add(("point_group", trigger.group_id))
    trigger.uses = sorted(f"{kind}:{number}" for kind, number in found)


def acting(trigger: PointTrigger) -> list[ContactAction]:
    """Return its actions whose app is there."""
    return action_lists.acting(trigger.actions)
