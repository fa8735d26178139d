"""What the media library offers: a permission, names, and the daily sweep of its files."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from kernel import subjects
from kernel.jobs import Claimed, handles
from kernel.permissions import PermissionKind, permission_kinds
from kernel.schedule import scheduled
from media.models import Image
from media.services import sweeping

SWEEP = "media.sweep"


@permission_kinds.register
class Media(PermissionKind):
    """Images of the library. Whoever has the address of one sees it, as readers of mails do."""

    key = "media"
    label = _("Images")
    verbs = ("view", "edit", "delete", "create")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Image.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("image", _names, rights="media", rows=Image.objects.all())


@handles(SWEEP)
def sweep(job: Claimed) -> None:
    """Take away files that no image names."""
    sweeping.sweep(job)


scheduled(SWEEP, timedelta(days=1))
