"""The kinds of permission of the desk; *own* is what is about one's own contacts."""

from django.utils.translation import gettext_lazy as _

from kernel.permissions import PermissionKind, permission_kinds


@permission_kinds.register
class Notes(PermissionKind):
    """What colleagues wrote about the contacts one sees."""

    key = "notes"
    label = _("Notes")


@permission_kinds.register
class Tasks(PermissionKind):
    """What is to be done for the contacts one sees."""

    key = "tasks"
    label = _("Tasks")
