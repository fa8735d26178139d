"""What roles may do with campaigns."""

from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from kernel import subjects
from kernel.permissions import PermissionKind, permission_kinds


@permission_kinds.register
class Campaigns(PermissionKind):
    """Journeys."""

    key = "campaigns"
    label = _("Campaigns")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Campaign.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("campaign", _names)
