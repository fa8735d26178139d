"""Oneself: name, language, time zone, signature."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from accounts.forms import zones
from accounts.models import User
from backoffice import toasts
from backoffice.choosing import LongSelect
from backoffice.models import UserChoice
from backoffice.screens import leave_trail
from kernel import clock
from kernel.trail import Deed

NAMES = ("first_name", "last_name", "language", "timezone", "signature")
KEYS = "single_keys"
DENSITY = "density"


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people may change about themselves."""

    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones, widget=LongSelect)
    density = forms.ChoiceField(
        label=gettext_lazy("Rows of lists"),
        choices=[("", gettext_lazy("comfortable")), ("compact", gettext_lazy("compact"))],
        required=False,
    )
    single_keys = forms.BooleanField(
        label=gettext_lazy("Single keys such as J, K and C act"), required=False
    )

    class Meta:
        model = User
        fields = NAMES
        widgets = {"signature": forms.Textarea({"rows": 3})}
        help_texts = {"signature": gettext_lazy("Emails can end with it: {{ owner.signature }}.")}


class Profile(LoginRequiredMixin, View):
    """The form, and the way to the password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        chosen = {
            "density": UserChoice.get(request.user, DENSITY, ""),
            "single_keys": UserChoice.get(request.user, KEYS, True),
        }
        return self._show(ProfileForm(instance=self._rows().get(), initial=chosen))

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, and speak the chosen language at once."""
        # What somebody else writes of them at this moment, such as the end of their rights, stays.
        user = self._rows().select_for_update(of=("self",), no_key=True).get()
        before = {name: getattr(user, name) for name in NAMES}
        form = ProfileForm(request.POST, instance=user)
        if not form.is_valid():
            return self._show(form, status=422)
        user.version += 1
        user.language_chosen = True
        user.updated_at = clock.now()
        saved = form.save()
        UserChoice.put(user, DENSITY, form.cleaned_data["density"])
        UserChoice.put(user, KEYS, form.cleaned_data["single_keys"])
        after = {name: getattr(saved, name) for name in NAMES}
        deed = Deed("users", "change", object=user.pk, name=user.email, before=before, after=after)
        leave_trail(request, deed)
        with translation.override(saved.language):
            toasts.tell(request, _("Your profile is saved"))
        return HttpResponseRedirect(reverse("profile"))

    def _rows(self) -> QuerySet[User]:
        return User.objects.filter(pk=self.request.user.pk or 0)

    def _show(self, form: Any, status: int = 200) -> HttpResponse:
        return render(self.request, "accounts/profile.html", {"form": form}, status=status)


urlpatterns = [path("profile", Profile.as_view(), name="profile")]
