"""The settings of the workspace on screen."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from dashboard.backoffice.settings_form import SettingsForm
from dashboard.services import places
from kernel.permissions import Reach
from kernel.trail import Deed


class Workspace(Permitted, View):
    """One form; all of it or nothing is kept."""

    kind = "preferences"
    verbs: ClassVar = {"post": "edit"}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is in force."""
        return self._page(request, SettingsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep what differs, with its entry in the audit trail."""
        form = SettingsForm(request.POST)
        if form.is_valid():
            with transaction.atomic():
                after = form.put()
                if form.errors:
                    transaction.set_rollback(True)
                elif after:
                    before = {key: form.before[key] for key in after}
                    leave_trail(request, Deed("preferences", "edit", before=before, after=after))
        if form.errors:
            return self._page(request, form, status=422)
        toasts.tell(request, _("Kept."))
        return HttpResponseRedirect(places.at("workspace"))

    def _page(self, request: HttpRequest, form: SettingsForm, status: int = 200) -> HttpResponse:
        user: Any = request.user
        editable = user.reach("preferences", "edit") is not Reach.NONE
        for field in form.fields.values():
            field.disabled = not editable
        context = {"form": form, "editable": editable, "in_settings": True}
        return render(request, "dashboard/workspace.html", context, status=status)
