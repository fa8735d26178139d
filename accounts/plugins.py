"""What accounts offer to others: kinds of permission, and the queue of mails to users."""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountMail, User
from accounts.services import audit, mails
from kernel import clock, preferences, subjects
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


def _users(ids: list[int]) -> dict[int, str]:
    """Name users."""
    return {user.pk: user.name for user in User.objects.filter(pk__in=ids)}


subjects.declare("user", _users)


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
    """Delete sessions and counts of tries that are over."""
    call_command("clearsessions")
    caches["default"].forget(clock.now())  # type: ignore[attr-defined]


scheduled("accounts.end_sessions", timedelta(days=1))


@permission_kinds.register
class Preferences(PermissionKind):
    """Settings of the workspace."""

    key = "preferences"
    label = _("Settings")
    owned = False
    administrative = True
    verbs = ("view", "edit")


@permission_kinds.register
class Audit(PermissionKind):
    """Who did what."""

    key = "audit"
    label = _("Audit trail")
    owned = False
    administrative = True
    verbs = ("view",)


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3650:
        raise ValueError(_("A number of days from 1 to 3,650 is expected."))
    return value


preferences.declare("accounts.audit_days", 365, _days)


@handles("accounts.forget_audit")
def forget_audit(job: Claimed) -> None:
    """Delete entries that are older than the workspace keeps."""
    audit.forget(clock.now())


scheduled("accounts.forget_audit", timedelta(days=1))
