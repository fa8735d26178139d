"""The settings of the workspace on screen."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.differing import reading
from backoffice.overtaking import LOOKED_THROUGH, latest, met
from backoffice.screens import leave_trail
from dashboard.backoffice.settings_form import SettingsForm, secrets
from dashboard.services import places
from kernel import preferences
from kernel.permissions import Reach
from kernel.trail import Deed, history


class Workspace(Permitted, View):
    """One form; all of it or nothing is kept."""

    kind = "preferences"
    verbs: ClassVar = {"post": "edit"}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is in force."""
        return self._page(request, SettingsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what differs, with its entry in the audit trail."""
        with transaction.atomic():
            version = _version(lock=True)
            form = SettingsForm(request.POST)
            if form.is_valid():
                # What was sent twice differs in nothing, and is no conflict with itself.
                if form.changed_data and request.POST.get("version") != version:
                    return self._page(request, form, status=409)
                self._keep(request, form)
        if form.errors:
            return self._page(request, form, status=422)
        toasts.tell(request, _("Kept."))
        return HttpResponseRedirect(places.at("workspace"))

    def _keep(self, request: HttpRequest, form: SettingsForm) -> None:
        after = form.put()
        if form.errors:
            transaction.set_rollback(True)
        elif after:
            before = {key: form.before[key] for key in after}
            # That a secret is another one now is told, not how it is kept.
            for key in secrets() & after.keys():
                before[key], after[key] = "", preferences.HIDDEN
            leave_trail(request, Deed("preferences", "edit", before=before, after=after))

    def _page(self, request: HttpRequest, form: SettingsForm, status: int = 200) -> HttpResponse:
        user: Any = request.user
        editable = user.reach("preferences", "edit") is not Reach.NONE
        for field in form.fields.values():
            field.disabled = not editable
        context = {
            "form": form,
            "editable": editable,
            "in_settings": True,
            # What is wrong is put right first; whether it is stale is asked again then.
            "version": request.POST.get("version", "") if status == 422 else _version(),
            "stale": status == 409,
            "read": request.POST.get("read", "") if status == 422 else reading(SettingsForm()),
        }
        if status == 409:
            told = history("preferences", None, LOOKED_THROUGH)
            overtaken = latest(told, user, about=SettingsForm.settings())
            context |= met(request, SettingsForm(), form, overtaken)
        return render(request, "dashboard/workspace.html", context, status=status)


def _version(*, lock: bool = False) -> str:
    return preferences.version(SettingsForm.settings(), lock=lock)
