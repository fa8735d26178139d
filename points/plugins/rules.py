"""Rules: the right to them, who names what in them, and how they hear what happens."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import mentions, retention, subjects, usage
from kernel.changes import Changes
from kernel.events import type_id
from kernel.permissions import PermissionKind, permission_kinds
from kernel.queues import WorkQueue, queues
from kernel.subscribers import Subscriber, subscribers
from points.models import PointRule
from points.services import awarding, compensating, expiring


@permission_kinds.register
class PointRules(PermissionKind):
    """What people do gives or takes points."""

    key = "point_rules"
    label = _("Point rules")


def names(ids: list[int]) -> dict[int, str]:
    """Name rules."""
    return dict(PointRule.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    wanted = {f"{kind}:{number}": number for number in numbers}
    for rule in PointRule.objects.filter(uses__overlap=list(wanted)).only("pk", "name", "uses"):
        use = usage.Use("point_rule", rule.pk, rule.name)
        yield from ((wanted[key], use) for key in set(rule.uses) & wanted.keys())


def _needs() -> Iterator[retention.Need]:
    """Tell how far back into the log the filters of rules look."""
    rows = PointRule.objects.filter(active=True, filter__isnull=False)
    for name, tree in rows.values_list("name", "filter"):
        words = gettext("The point rule “%(name)s”") % {"name": name}
        for event, length in retention.windows(tree):
            yield retention.Need(event, length, words)


subjects.declare("point_rule", names, rights="point_rules", rows=PointRule.objects.all())
usage.declare(_used)
retention.needed_by(_needs)
mentions.declare("point_rule", "point_rule", "name", "description", "filter", '"where"')


@subscribers.register
class Award(Subscriber):
    """Gives points for what happens, before segments look at them."""

    key = "points.award"
    label = _("Point rules")
    order = 30

    def react(self, changes: Changes, now: datetime) -> None:
        """Go by what happened, then put right what was judged anew: in the order of the log."""
        corrected = changes.events(type_id(compensating.CORRECTED))
        awarding.award(changes, now, also=(change.contact for change in corrected))
        compensating.compensate(changes, now)


@queues.register
class Expiry(WorkQueue):
    """Points whose time is over."""

    key = "points.expiry"
    label = _("Points that expire")

    def due(self, now: datetime) -> bool:
        """Ask the index of those that are due."""
        return expiring.is_due(now)

    def work(self, now: datetime) -> bool:
        """Take some back."""
        return expiring.expire(now) > 0
