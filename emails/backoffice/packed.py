"""Emails as zips on screen: downloaded, and read into a new one that is not published."""

from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice import toasts
from backoffice.access import Permitted
from backoffice.screens import leave_trail
from content.problems import TemplateRefused
from emails.backoffice import gallery
from emails.backoffice.preview import email_of
from emails.models import Email
from emails.services import editing, packing
from kernel import clock
from kernel.registry import ConfigProblem
from kernel.trail import Deed


class Download(Permitted, View):
    """An email as a zip."""

    kind = "emails"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it."""
        email = email_of(request, pk)
        name = quote(f"{email.name}.email.zip", safe="")
        response = HttpResponse(packing.pack(email), content_type="application/zip")
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return response


class FromFile(Permitted, View):
    """A new email from a zip, checked like one that is typed."""

    kind, verb = "emails", "create"

    @transaction.atomic
    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it and open the editor, or say why not."""
        try:
            email = _made(request)
        except packing.PackRefused as refused:
            return gallery.choose(request, refusal=str(refused))
        leave_trail(request, Deed("emails", "create", object=email.pk, name=email.name))
        toasts.tell(request, _("“%(name)s” saved") % {"name": email.name})
        return HttpResponseRedirect(reverse("emails-edit", args=[email.pk]))


def _made(request: HttpRequest) -> Email:
    user: Any = request.user
    file = request.FILES.get("file")
    if file is None:
        raise packing.PackRefused(_("Choose a file."))
    values = packing.unpack(file.read(packing.LARGEST + 1))
    state = Email.State.UNPUBLISHED
    try:
        return editing.create({**values, "owner": user, "state": state}, clock.now())
    except TemplateRefused as refused:
        problem = refused.problems[0]
        words = _("%(field)s, line %(line)s: %(message)s")
        told = {"field": problem.field, "line": problem.line, "message": problem.message}
        raise packing.PackRefused(words % told) from refused
    except ConfigProblem as refused:
        raise packing.PackRefused(str(refused.problems[0]["message"])) from refused


urlpatterns = [
    path("emails/from-file", FromFile.as_view(), name="emails-from-file"),
    path("emails/<int:pk>/email.zip", Download.as_view(), name="emails-download"),
]
