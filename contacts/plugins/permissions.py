"""The kinds of permission that guard contacts and what belongs to them."""

from django.utils.translation import gettext_lazy as _

from kernel import secrecy
from kernel.permissions import PermissionKind, permission_kinds


@permission_kinds.register
class Contacts(PermissionKind):
    """People; reading, writing, consent and tags on them."""

    key = "contacts"
    label = _("Contacts")


@permission_kinds.register
class Companies(PermissionKind):
    """Organisations."""

    key = "companies"
    label = _("Companies")


@permission_kinds.register
class Fields(PermissionKind):
    """Custom fields: they belong to the workspace."""

    key = "fields"
    label = _("Fields")
    owned = False


@permission_kinds.register
class Tags(PermissionKind):
    """The list of tags: they belong to the workspace."""

    key = "tags"
    label = _("Tags")
    owned = False


@permission_kinds.register
class Topics(PermissionKind):
    """What mails are about: topics belong to the workspace."""

    key = "topics"
    label = _("Topics")
    owned = False


@permission_kinds.register
class Suppressions(PermissionKind):
    """Addresses that are never written to: the list belongs to the workspace."""

    key = "suppressions"
    label = _("Suppression list")
    owned = False


@permission_kinds.register
class Sensitive(PermissionKind):
    """What fields marked as sensitive hold; without it they do not exist for a user."""

    key = secrecy.KIND
    label = _("Sensitive fields")
    owned = False
    administrative = True
    verbs = ("view",)


@permission_kinds.register
class Privacy(PermissionKind):
    """What the law asks of the workspace: how long things are kept, whom erasures still name."""

    key = "privacy"
    label = _("Privacy")
    owned = False
    administrative = True
    verbs = ("view", "edit")
