"""Connections: the right to them, their names, and what they name."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _

from integrations.models import Connection
from integrations.services import hurrying, people, removing
from kernel import jobs, mentions, subjects, usage
from kernel.permissions import PermissionKind, permission_kinds
from kernel.retention import Keeping, declare


@permission_kinds.register
class Connections(PermissionKind):
    """Other systems, and what goes there."""

    key = "connections"
    label = _("Connections")


def names(ids: list[int]) -> dict[int, str]:
    """Name connections."""
    return dict(Connection.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    wanted = {f"{kind}:{number}": number for number in numbers}
    rows = Connection.objects.filter(uses__overlap=list(wanted))
    for row in rows.only("pk", "name", "uses"):
        use = usage.Use("connection", row.pk, row.name)
        yield from ((wanted[key], use) for key in set(row.uses) & wanted.keys())


jobs.handles(removing.KIND)(removing.work)
jobs.handles(hurrying.KIND)(hurrying.work)
subjects.declare("connection", names, rights="connections", rows=Connection.objects.all())
usage.declare(_used)
mentions.declare(
    "connection", "integration_connection", "name", "description", "settings", "mapping"
)
declare(
    Keeping(
        key=people.KEY,
        label=_("What was pushed to other systems"),
        what=_("deleted; which record is whose stays"),
        default=90,
        count=people.count_older,
        forget=people.forget_older,
    )
)
