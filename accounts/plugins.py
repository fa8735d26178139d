"""What accounts offer to others: kinds of permission, and the queue of mails to users."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.core.cache import caches
from django.core.management import call_command
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountMail, Token, User
from accounts.services import audit, blotting, mails, told
from kernel import clock, mentions, preferences, processing, retention, subjects
from kernel.contactdata import ContactData, Pairs, contact_data
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


def _tokens(ids: list[int]) -> dict[int, str]:
    """Name access tokens."""
    return dict(Token.objects.filter(pk__in=ids).values_list("pk", "name"))


subjects.declare("user", _users)
subjects.declare("token", _tokens)


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


@contact_data.register
class Deeds(ContactData):
    """What was done to a person by whom: who and when stays, for it is the proof."""

    key = "accounts.trail"
    label = _("Audit trail")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """What was done to the other contact was done to that one."""

    def export(self, contact: int) -> dict[str, Any]:
        """List the deeds; who did them are people, too."""
        return {"deeds": audit.about("contacts", contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Keep that something was done, to a number."""
        audit.empty("contacts", contacts)


@contact_data.register
class ToldByMail(ContactData):
    """What waits to be sent to colleagues about somebody; what was sent is gone."""

    key = "accounts.mails"
    label = _("Mails to users")
    tables: ClassVar[Sequence[str]] = ("account_mail",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Let them speak of the winners."""
        told.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """Return every text."""
        return {"mails_to_users": told.about(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Delete all of them."""
        told.forget(contacts)


mentions.blotted_by(blotting.blot)


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 3650:
        raise ValueError(_("A number of days from 1 to 3,650 is expected."))
    return value


preferences.declare("accounts.audit_days", 365, _days)


retention.declare(
    retention.Keeping(
        key="accounts.audit",
        label=_("Audit trail"),
        what=_("deleted"),
        default=None,
        count=audit.count,
        forget=audit.forget_slice,
        for_ever=False,
        most=3_650,
        setting="accounts.audit_days",
    )
)

processing.declare(
    processing.Processing(
        key="accounts.users",
        label=_("Users and audit trail"),
        purpose=_("Let colleagues in, and prove who did what"),
        whose=_("users, and contacts by their numbers"),
        basis=_("legitimate interest in security"),
        data=lambda: [
            str(_("names, addresses, roles, times of signing in, deeds with their time"))
        ],
        covers=("accounts.trail",),
        kept=("accounts.audit",),
    )
)
