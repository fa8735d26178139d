"""Groups of points: the right to them, their names, and the conditions on scores."""

from django.utils.translation import gettext_lazy as _

from kernel import mentions, subjects
from kernel.permissions import PermissionKind, permission_kinds
from points import filters
from points.models import PointGroup

filters.declare()


@permission_kinds.register
class PointGroups(PermissionKind):
    """Scores of their own beside the total."""

    key = "point_groups"
    label = _("Point groups")


def names(ids: list[int]) -> dict[int, str]:
    """Name groups."""
    return dict(PointGroup.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("point_group", names, rights="point_groups", rows=PointGroup.objects.all())
mentions.declare("point_group", "point_group", "name", "description")
