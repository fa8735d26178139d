"""Triggers: the right to them, who names what in them, how they fire and what they carry out."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kernel import mentions, subjects, usage
from kernel.changes import Changes
from kernel.permissions import PermissionKind, permission_kinds
from kernel.queues import WorkQueue, hint, queues
from kernel.subscribers import Subscriber, subscribers
from points.models import PointTrigger
from points.services import firing

ACTIONS = "points.triggers"


@permission_kinds.register
class PointTriggers(PermissionKind):
    """What happens at so many points."""

    key = "point_triggers"
    label = _("Point triggers")


def names(ids: list[int]) -> dict[int, str]:
    """Name triggers."""
    return dict(PointTrigger.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    wanted = {f"{kind}:{number}": number for number in numbers}
    rows = PointTrigger.objects.filter(uses__overlap=list(wanted))
    for trigger in rows.only("pk", "name", "uses"):
        use = usage.Use("point_trigger", trigger.pk, trigger.name)
        yield from ((wanted[key], use) for key in set(trigger.uses) & wanted.keys())


subjects.declare("point_trigger", names, rights="point_triggers", rows=PointTrigger.objects.all())
usage.declare(_used)
mentions.declare("point_trigger", "point_trigger", "name", "description", "actions")


@subscribers.register
class Fire(Subscriber):
    """Finds who reached a threshold."""

    key = "points.fire"
    label = _("Point triggers")
    order = 40

    def react(self, changes: Changes, now: datetime) -> None:
        """Write for whom triggers fire; a queue does the rest."""
        if firing.react(changes, now):
            changes.wake.add(ACTIONS)


@queues.register
class Actions(WorkQueue):
    """What triggers do for those for whom they fired."""

    key = ACTIONS
    label = _("Point triggers")

    def due(self, now: datetime) -> bool:
        """Look for anybody."""
        return firing.is_due()

    def work(self, now: datetime) -> bool:
        """Carry out a batch of each trigger."""
        done, wake = firing.carry_out(now)
        for key in wake:
            hint(key)
        return done > 0
