"""Imports: the job that takes files in, the rights around them, what they keep of people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from contacts.models import Import
from contacts.services.imports import clearing as _clearing  # noqa: F401 - handles its jobs
from contacts.services.imports import traces, undo
from contacts.services.imports.run import give_up, run
from contacts.services.imports.start import KIND
from kernel import clock, jobs, subjects
from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.jobs import Claimed
from kernel.permissions import PermissionKind, permission_kinds
from kernel.schedule import scheduled

CLEAN = "contacts.clean_imports"

jobs.handles(KIND, failed=give_up)(run)
jobs.handles(undo.KIND, failed=undo.give_up)(undo.run)
scheduled(CLEAN, timedelta(days=1))


@jobs.handles(CLEAN)
def _clean(_job: Claimed) -> None:
    traces.clean(clock.now())


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Import.objects.filter(pk__in=ids).values_list("pk", "name"))


_begun = Import.objects.exclude(state=Import.State.DRAFT)
subjects.declare("import", _names, rights="imports", rows=_begun, filed=False)


@contact_data.register
class Imported(ContactData):
    """Which imports met a contact, and rows they refused."""

    key = "contacts.imports"
    label = _("Imports")
    counted = "import_contact"
    tables: ClassVar[Sequence[str]] = ("import_contact",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Both were met by both's imports."""
        traces.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List the files the contact was in."""
        return {"imports": traces.export(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Forget both."""
        traces.erase(contacts)


@permission_kinds.register
class Imports(PermissionKind):
    """Files of contacts."""

    key = "imports"
    label = _("Imports")
    verbs = ("view", "edit", "create")


@permission_kinds.register
class Resubscriptions(PermissionKind):
    """Writing again to people who unsubscribed, because a file says that they asked."""

    key = "resubscriptions"
    label = _("Lift unsubscribes by import")
    owned = False
    administrative = True
    verbs = ("create",)
