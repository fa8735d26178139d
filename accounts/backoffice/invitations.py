"""The invitation on a user's page: where it stands, sending it again, withdrawing it."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import AccountMail, Invitation, User
from accounts.services import invitations, ranks
from accounts.services.invitations import Change
from backoffice import toasts
from backoffice.attachments import card
from backoffice.screens import Screen, leave_trail
from backoffice.templatetags.relais import pill
from kernel import clock, moments
from kernel.permissions import Reach
from kernel.queues import hint_on_commit
from kernel.trail import Deed

PILLS = {
    Invitation.State.PENDING: "scheduled",
    Invitation.State.EXPIRED: "expired",
    Invitation.State.WITHDRAWN: "cancelled",
}


class Send(Screen):
    """Invite somebody who has not come yet, once more or for the first time."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send the mail; earlier links end."""
        row, before = self._row(pk)
        try:
            invitations.send(Change(row, request.user, clock.now()))
        except ranks.Refusal as refusal:
            toasts.tell(request, refusal)
            return self._back(pk)
        hint_on_commit("accounts.mails")
        self._leave("invitation", row, before)
        toasts.tell(request, sent_words(row))
        return self._back(pk)

    def _row(self, pk: int) -> tuple[User, dict[str, Any]]:
        row: User = self.item(pk, "edit", lock=True)
        return row, invitations.told(row)

    def _leave(self, verb: str, row: User, before: dict[str, Any]) -> None:
        after = invitations.told(row)
        deed = Deed("users", verb, object=row.pk, name=row.email, before=before, after=after)
        leave_trail(self.request, deed)

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(self.resource.url("item", pk))


class Withdraw(Send):
    """End an invitation; it can be sent again."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have its link lead nowhere."""
        row, before = self._row(pk)
        try:
            invitations.withdraw(Change(row, request.user, clock.now()))
        except ranks.Refusal as refusal:
            toasts.tell(request, refusal)
            return self._back(pk)
        self._leave("delete invitation", row, before)
        said = _("The invitation of %(name)s is withdrawn: its link leads nowhere any more")
        toasts.tell(request, said % {"name": row.name})
        return self._back(pk)


def sent_words(row: User) -> str:
    """Say that the mail is on its way, and how long its link is good."""
    said = _("Invitation sent to %(address)s, good until %(date)s")
    return said % {"address": row.email, "date": day(row.invitation)}


def day(invitation: Invitation) -> str:
    """Write its last day, in the reader's zone."""
    return moments.day_of_year(invitation.expires_at)


def state(row: User) -> SafeString:
    """Say whether somebody has come, may sign in, or is waited for and until when."""
    known: Invitation | None = getattr(row, "invitation", None)
    if not row.is_active:
        return pill("paused", _("not active"))
    found = known.state(clock.now()) if known else Invitation.State.ACCEPTED
    if known is None or found not in PILLS:
        return pill("published", _("active"))
    # What somebody should look at: they may be waiting for another link.
    hue = "amber" if found is Invitation.State.EXPIRED else ""
    shown = pill(PILLS[found], found.label, hue)
    if found is not Invitation.State.PENDING:
        return shown
    until = _("until %(date)s") % {"date": day(known)}
    return format_html('{} <span class="quiet nowrap only-wide">{}</span>', shown, until)


@card("users", "invitation", "accounts/invitation.html", order=100, kind="users")
def about(request: HttpRequest, row: User) -> dict[str, Any]:
    """Tell where the invitation stands, and offer what may be done about it."""
    actor: Any = request.user
    known: Invitation | None = getattr(row, "invitation", None)
    now = clock.now()
    found = known.state(now) if known else None
    try:
        ranks.refuse_stronger(row.role, actor)
        may = actor.reach("users", "edit") is Reach.ALL
    except ranks.Refusal:
        may = False
    came = found is Invitation.State.ACCEPTED or (known is None and row.has_usable_password())
    pending = found is Invitation.State.PENDING
    return {
        "invitation": known,
        "came": came,
        "pending": pending,
        "expired": found is Invitation.State.EXPIRED,
        "may_send": may and not came and row.is_active,
        "may_withdraw": may and not came and known is not None and not known.withdrawn_at,
        "held_up": pending and AccountMail.objects.filter(recipient=row.email, attempts__gt=0),
        "captured": pending and not settings.EMAIL_URL,
        "may_read": actor.reach("emails", "view") is not Reach.NONE,
    }
