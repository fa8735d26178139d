"""Inviting people to the installation: sent, sent again, withdrawn, accepted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, User
from accounts.services import mails
from accounts.services.mails import Letter
from accounts.services.ranks import Refusal, refuse_stronger
from kernel.lowering import lowered

LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Change:
    """Who asks for something to be done to somebody's invitation, and when."""

    user: User
    actor: Any
    now: datetime


def waiting() -> QuerySet[Invitation]:
    """Return those nobody has accepted; their people have no password to forget."""
    return Invitation.objects.filter(accepted_at=None)


def send(change: Change) -> Invitation:
    """Invite somebody, or invite them again: for a week from now, and earlier links end.

    Whoever has a password already is refused.
    """
    user, now = change.user, change.now
    refuse_stronger(user.role, change.actor)
    known = _locked(user)
    if (known and known.accepted_at) or (not known and user.has_usable_password()):
        raise Refusal(_("This user has come already."), "accepted")
    if not user.is_active:
        raise Refusal(_("This user is not active. Activate them first."), "not_active")
    values = {"by_id": change.actor.pk, "sent_at": now, "expires_at": now + LASTS}
    if known is None:
        known = Invitation.objects.create(user=user, **values)
    else:
        for name, value in {**values, "withdrawn_at": None, "times": known.times + 1}.items():
            setattr(known, name, value)
        known.save()
    known.user = user
    _write(known, now)
    return known


def withdraw(change: Change) -> Invitation:
    """End the link; the user stays, and can be invited again."""
    refuse_stronger(change.user.role, change.actor)
    known = _locked(change.user)
    if known is None or known.accepted_at or known.withdrawn_at:
        raise Refusal(_("There is no invitation to withdraw."), "nothing_to_withdraw")
    known.withdrawn_at = change.now
    known.save(update_fields=["withdrawn_at"])
    known.user = change.user
    return known


def follow_address(change: Change, before: str) -> bool:
    """Send it to the new address of somebody who has not come yet; say whether that was so.

    The link of the former address ended with it.
    """
    known = Invitation.objects.filter(user=change.user).first()
    moved = lowered(before) != lowered(change.user.email)
    pending = known is not None and known.state(change.now) is Invitation.State.PENDING
    if not (moved and pending and change.user.is_active):
        return False
    send(change)
    return True


def remind(user: User, now: datetime) -> bool:
    """Send the same link once more to who lost it; False where it leads nowhere any more."""
    known = waiting().filter(user=user).first()
    if known is None or known.state(now) is not Invitation.State.PENDING:
        return False
    _write(known, now)
    return True


def note_arrival(user: User, now: datetime) -> bool:
    """Note that somebody is in, by whatever door; say whether they were waited for."""
    return bool(waiting().filter(user=user).update(accepted_at=now, withdrawn_at=None))


def token_of(invitation: Invitation) -> str:
    """Return what the link carries: good for this sending to this address."""
    return _signer(invitation.user.email).sign(f"{invitation.user_id}.{invitation.times}")


def find(token: str, *, lock: bool = False) -> Invitation | None:
    """Return the invitation a link belongs to, also an ended one; None for links of nobody."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    rows = Invitation.objects.select_related("user", "user__role", "by")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(user_id=int(number)).first()
    if found is None:
        return None
    try:
        _signer(found.user.email).unsign(token)
    except signing.BadSignature:
        return None
    return found


def is_current(invitation: Invitation, token: str) -> bool:
    """Say whether the link is that of the latest mail."""
    return token.rpartition(":")[0] == f"{invitation.user_id}.{invitation.times}"


def _signer(address: str) -> signing.Signer:
    return signing.Signer(salt=f"accounts.invitation:{lowered(address)}")


def _locked(user: User) -> Invitation | None:
    return Invitation.objects.select_for_update(of=("self",)).filter(user=user).first()


def _write(invitation: Invitation, now: datetime) -> None:
    """Write the mail in the reader's language, with times of their zone."""
    user = invitation.user
    path = reverse("account_invitation", args=[token_of(invitation)])
    context = {
        "invitation": invitation,
        "user": user,
        "by": invitation.by,
        "site_url": settings.SITE_URL,
        "link": settings.SITE_URL + path,
    }
    with translation.override(user.language), timezone.override(ZoneInfo(user.timezone)):
        subject = render_to_string("accounts/email/invitation_subject.txt", context)
        text = render_to_string("accounts/email/invitation.txt", context).strip()
    mails.post(Letter(user.email, subject, text, until=invitation.expires_at), now)


def told(user: User) -> dict[str, Any]:
    """Return what the audit trail compares."""
    known = getattr(user, "invitation", None)
    if known is None or known.accepted_at or known.withdrawn_at:
        return {"invited_until": None}
    return {"invited_until": known.expires_at}
