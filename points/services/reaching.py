"""Says who may set off what a trigger does: whoever may have each of its actions done."""

from django.utils.translation import gettext_lazy as _

from kernel.permissions import Actor, Reach
from kernel.registry import ConfigProblem
from points.models import PointTrigger
from points.services import triggers

BEYOND = _("An action of this trigger uses something that you may not use.")


def reaches(trigger: PointTrigger, user: Actor) -> bool:
    """Say whether the user may use all that the actions of a trigger name."""
    try:
        for action in triggers.acting(trigger):
            action.check_reach(user, action.needs)
    except ConfigProblem:
        return False
    return True


def may_apply(trigger: PointTrigger, user: Actor) -> bool:
    """Say whether the user may fire it for those above: that changes contacts, by its actions."""
    return user.reach("contacts", "edit") is not Reach.NONE and reaches(trigger, user)
