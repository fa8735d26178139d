"""What filing offers: a permission, what is filed where, and the daily sweeping."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from kernel import filing, subjects, usage
from kernel.jobs import Claimed, handles
from kernel.permissions import PermissionKind, permission_kinds
from kernel.schedule import scheduled

SWEEP = "filing.sweep"


@permission_kinds.register
class Categories(PermissionKind):
    """The lists of categories and labels: they belong to the workspace."""

    key = "categories"
    label = _("Categories and labels")
    owned = False


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    if kind != "folder":
        return
    for folder, by_kind in filing.counted(numbers).items():
        for of, objects in by_kind.items():
            for number, name in subjects.names(of, objects).items():
                yield folder, usage.Use(of, number, name)


def _names(ids: list[int]) -> dict[int, str]:
    return dict(filing.asked().filter(pk__in=ids).values_list("pk", "name"))


def _categories() -> dict[int, str]:
    return dict(filing.asked().order_by("pk").values_list("pk", "name"))


usage.declare(_used)
# Conditions name categories, of what counts for them alone; what a file names is looked for there.
subjects.declare("folder", _names, every=_categories)


@handles(SWEEP)
def sweep(_job: Claimed) -> None:
    """Forget how things that are gone were filed."""
    filing.sweep()


scheduled(SWEEP, timedelta(days=1))
