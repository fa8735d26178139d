"""What roles may do with campaigns, their names, and what they name."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.services.naming import campaigns_naming, count_naming
from kernel import subjects, usage
from kernel.permissions import PermissionKind, permission_kinds


@permission_kinds.register
class Campaigns(PermissionKind):
    """Journeys."""

    key = "campaigns"
    label = _("Campaigns")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Campaign.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, number: int) -> Iterator[usage.Use]:
    for campaign in campaigns_naming(kind, number):
        yield usage.Use("campaign", campaign.pk, campaign.name)


subjects.declare("campaign", _names, rights="campaigns", rows=Campaign.objects.all())
usage.declare(_used, count_naming)
