"""Notes of signing in and out, and of passwords, for the audit trail."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.models.users import Language
from accounts.services import audit, invitations
from kernel import clock
from kernel.trail import Deed, note


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Note who came; who was invited and has come is waited for no more."""
    _note(request, "sign-in", user)
    invitations.note_arrival(user, clock.now())
    _speak(request, user)


def _speak(request: HttpRequest, user: User) -> None:
    """Go on in the language of the sign-in page, where theirs is that of every new user."""
    wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if wanted not in Language.values or user.language_chosen or user.language != Language.ENGLISH:
        return
    User.objects.filter(pk=user.pk).update(language=wanted, language_chosen=True)
    user.language = wanted


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Note who went; a session without a user is nobody's."""
    if user is not None:
        _note(request, "sign-out", user)


@receiver(user_login_failed)
def failed(request: HttpRequest | None = None, **_more: Any) -> None:
    """Note that somebody tried, and from where; what they typed may be a password."""
    if request is not None and audit.has_room_for_failure(clock.now()):
        _note(request, audit.FAILURE, None)


@receiver(password_changed)
@receiver(password_reset)
def new_password(request: HttpRequest, user: User, **_more: Any) -> None:
    """Note that the password is another."""
    _note(request, "new-password", user)


def _note(request: HttpRequest, verb: str, user: User | None) -> None:
    number = user.pk if user else None
    deed = Deed(
        kind="users",
        verb=verb,
        user=number,
        object=number,
        name=user.email if user else "",
        path=request.path,
        address=request.META.get("REMOTE_ADDR", ""),
    )
    note(deed, clock.now())
