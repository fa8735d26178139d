"""What accounts offer to others: the kinds of permission they guard."""

from django.utils.translation import gettext_lazy as _

from kernel.permissions import PermissionKind, permission_kinds


@permission_kinds.register
class Users(PermissionKind):
    """People who sign in."""

    key = "users"
    label = _("Users")
    owned = False
    administrative = True
    verbs = ("view", "edit", "delete", "create")


@permission_kinds.register
class Roles(PermissionKind):
    """What they may do."""

    key = "roles"
    label = _("Roles")
    owned = False
    administrative = True
    verbs = ("view", "edit", "delete", "create")
