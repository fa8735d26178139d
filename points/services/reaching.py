"""Says who may set off what a trigger does: whoever may have each of its actions done."""

from django.utils.translation import gettext_lazy as _

from kernel.permissions import Actor, Reach, whose
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
    rights = [user.reach("contacts", verb) for verb in ("view", "edit")]
    return Reach.NONE not in rights and reaches(trigger, user)


def whose_contacts(user: Actor) -> int | None:
    """Return whose contacts alone a user is told of and fires triggers for.

    Whoever may change contacts does so with those they also see; others are told whom they see.
    """
    mine = whose(user, "contacts")
    changes = user.reach("contacts", "edit") is not Reach.NONE
    return whose(user, "contacts", "edit") if mine is None and changes else mine
