"""One's own API tokens: made, shown once, revoked."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from accounts.models import Token
from backoffice import toasts
from backoffice.menu import Place, register
from backoffice.screens import leave_trail
from kernel import clock
from kernel.trail import Deed

# So many are listed; older ones that ended are in the audit trail.
MOST = 200


class TokenForm(forms.Form):
    """What a program is called, how much it may, for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Which program uses it.")
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("It may"),
        choices=[
            ("", gettext_lazy("whatever I may")),
            ("read", gettext_lazy("only read")),
            ("write", gettext_lazy("read and write")),
        ],
        required=False,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("It ends"),
        coerce=int,
        choices=[
            (30, gettext_lazy("in 30 days")),
            (90, gettext_lazy("in 90 days")),
            (365, gettext_lazy("in a year")),
            (0, gettext_lazy("never")),
        ],
        initial=90,
    )


class Tokens(LoginRequiredMixin, View):
    """The list with the form under it; a new secret is in this answer alone."""

    template: ClassVar[str] = "accounts/tokens.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self._show(TokenForm())

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Make one."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        now, days, user = clock.now(), form.cleaned_data["days"], request.user
        reach = form.cleaned_data["reach"]
        token, secret = Token.issue(
            user,  # type: ignore[arg-type]
            form.cleaned_data["name"],
            now=now,
            scopes={"*": reach} if reach else None,
            expires_at=now + timedelta(days=days) if days else None,
        )
        leave_trail(request, Deed("tokens", "create", object=token.pk, name=token.name))
        answer = self._show(TokenForm(), secret=secret, made=token)
        answer["Cache-Control"] = "no-store"
        return answer

    def _show(self, form: TokenForm, status: int = 200, **more: Any) -> HttpResponse:
        mine = Token.objects.filter(user_id=self.request.user.pk or 0)
        # Those in use first, then the latest that ended.
        tokens = mine.order_by(F("revoked_at").desc(nulls_first=True), "-pk")[:MOST]
        now = clock.now()
        context = {"form": form, "tokens": tokens, "now": now, "in_settings": True, **more}
        return render(self.request, self.template, context, status=status)


class Revoke(LoginRequiredMixin, View):
    """The end of one's own token, at once."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Revoke it; the row stays as a record."""
        token = get_object_or_404(Token, pk=pk, user_id=request.user.pk or 0)
        token.revoke(clock.now())
        leave_trail(request, Deed("tokens", "revoke", object=pk, name=token.name))
        toasts.tell(request, _("Token “%(name)s” revoked") % {"name": token.name})
        return HttpResponseRedirect(reverse("tokens"))


register(Place(gettext_lazy("API tokens"), "tokens", "key", 960, under="settings"))
urlpatterns = [
    path("settings/tokens", Tokens.as_view(), name="tokens"),
    path("settings/tokens/<int:pk>/revoke", Revoke.as_view(), name="tokens-revoke"),
]
