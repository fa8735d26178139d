"""Accepting an invitation: a password, a name, a language and a zone, and one is in."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from accounts.forms import InvitedForm
from accounts.models import Invitation
from accounts.services import invitations
from kernel import clock
from kernel.trail import Deed, note

IN_SESSION = "invitation"
# What else a link can come to, beside the states of an invitation.
UNKNOWN, REPLACED = "unknown", "replaced"
BACKEND = "accounts.backends.EmailBackend"
State = Invitation.State


@method_decorator(never_cache, name="dispatch")
class Link(View):
    """The link of the mail: the secret leaves the address bar, and the page speaks its language.

    Looking changes nothing: programs that open links of mails do so before people.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Lead to the page."""
        request.session[IN_SESSION] = token
        answer = HttpResponseRedirect(reverse("account_invited"))
        if found := invitations.find(token):
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                found.user.language,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return answer


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class Invited(View):
    """The page of an invitation: the form, or why there is none and how to get a new link."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        found, state = self._found()
        if state != State.PENDING or found is None:
            return self._ended(found, state)
        initial = {"language": get_language()}
        return self._show(found, InvitedForm(user=found.user, by=found.by, initial=initial))

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what was chosen, and sign in; of two at once the second finds it accepted."""
        found, state = self._found(lock=True)
        if state != State.PENDING or found is None:
            return self._ended(found, state)
        form = InvitedForm(request.POST, user=found.user, by=found.by)
        if not form.is_valid():
            return self._show(found, form, status=422)
        now = clock.now()
        user = found.user
        if not form.save(now):
            return self._ended(found, State.WITHDRAWN)
        invitations.note_arrival(user, now)
        address = request.META.get("REMOTE_ADDR", "")
        about: dict[str, Any] = {"object": user.pk, "name": user.email, "address": address}
        note(Deed("users", "accept-invitation", user=user.pk, path=request.path, **about), now)
        request.session.pop(IN_SESSION, None)
        login(request, user, backend=BACKEND)
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)

    def _found(self, *, lock: bool = False) -> tuple[Invitation | None, str]:
        token = self.request.session.get(IN_SESSION, "")
        found = invitations.find(token, lock=lock)
        if found is None:
            return None, UNKNOWN
        state = found.state(clock.now())
        if state is State.PENDING and not found.user.is_active:
            return found, State.WITHDRAWN
        if state is State.PENDING and not invitations.is_current(found, token):
            return found, REPLACED
        return found, state

    def _show(self, found: Invitation, form: InvitedForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "invitation": found, "by": found.by, "site_url": settings.SITE_URL}
        return render(self.request, "account/invited.html", context, status=status)

    def _ended(self, found: Invitation | None, state: str) -> HttpResponse:
        context = {"invitation": found, "state": str(state), "by": found and found.by}
        status = 404 if found is None else 410
        return render(self.request, "account/invitation_ended.html", context, status=status)
