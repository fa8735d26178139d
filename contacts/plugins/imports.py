"""Imports: the job that takes files in, and the rights around them."""

from django.utils.translation import gettext_lazy as _

from contacts.services.imports.run import give_up, run
from contacts.services.imports.start import KIND
from kernel import jobs
from kernel.permissions import PermissionKind, permission_kinds

jobs.handles(KIND, failed=give_up)(run)


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
