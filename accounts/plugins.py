"""What accounts offer to others: kinds of permission, and the queue of mails to users."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountMail
from accounts.services import mails
from kernel.jobs import Claimed, handles
from kernel.permissions import PermissionKind, permission_kinds
from kernel.queues import WorkQueue, queues
from kernel.schedule import scheduled


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


@queues.register
class Mails(WorkQueue):
    """Mails of the product to its own users."""

    key = "accounts.mails"
    label = _("Mails to users")
    hands = "send"

    def due(self, now: datetime) -> bool:
        """Say whether one waits."""
        return AccountMail.objects.filter(due_at__lte=now).exists()

    def work(self, now: datetime) -> bool:
        """Send one."""
        return mails.send_next(now)


@handles("accounts.end_sessions")
def end_sessions(job: Claimed) -> None:
    """Delete sessions that are over."""
    call_command("clearsessions")


scheduled("accounts.end_sessions", timedelta(days=1))


@permission_kinds.register
class Preferences(PermissionKind):
    """Settings of the workspace."""

    key = "preferences"
    label = _("Settings")
    owned = False
    administrative = True
    verbs = ("view", "edit")
