"""The page of exports: how far each is, fetching the file, calling one off."""

from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import View

from backoffice import toasts
from backoffice.columns import number
from backoffice.menu import Place, register
from backoffice.moments import left
from backoffice.screens import leave_trail
from contacts.models import Export
from contacts.services.exports.fetch import TYPES, NotReady, fetched, shown_name, standing
from contacts.services.exports.start import OPEN, cancel, told
from kernel import clock
from kernel.jobs import said
from kernel.sources import sources
from kernel.trail import Deed

MOST = 30


class Exports(LoginRequiredMixin, View):
    """One's own exports, the latest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or its lines alone while some are being written."""
        now = clock.now()
        lines = [_line(row, now) for row in _own(request).order_by("-pk")[:MOST]]
        part = request.headers.get("HX-Target") == "exports"
        context = {"exports": lines, "running": any(line["open"] for line in lines)}
        return render(request, f"exports/{'lines' if part else 'list'}.html", context)


class Fetch(LoginRequiredMixin, View):
    """The file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand it out and keep that it was; lead back where it is not finished."""
        row = _find(request, pk)
        try:
            file = fetched(row, request.user, clock.now())
        except NotReady:
            return HttpResponseRedirect(reverse("exports"))
        leave_trail(request, Deed("exports", "download", object=pk, after=told(row)))
        kind = TYPES[Export.Format(row.format)]
        answer = FileResponse(
            file.open("rb"), as_attachment=True, filename=shown_name(row), content_type=kind
        )
        answer["Cache-Control"] = "no-store"
        return answer


class Stop(LoginRequiredMixin, View):
    """Calls one off."""

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Leave nothing behind."""
        row = _find(request, pk)
        if cancel(row, clock.now()):
            leave_trail(request, Deed("exports", "cancel", object=pk))
            toasts.tell(request, _("The export is stopped."))
        else:
            toasts.tell(request, _("It was over already."))
        return HttpResponseRedirect(reverse("exports"))


def _own(request: HttpRequest) -> QuerySet[Export]:
    user: Any = request.user
    return Export.objects.filter(owner_id=user.pk).defer("people")


def _find(request: HttpRequest, pk: int) -> Export:
    row = _own(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _line(row: Export, now: datetime) -> dict[str, Any]:
    source = sources.get(row.source)
    state, error = standing(row, now)
    there = state == Export.State.DONE
    return {
        "row": row,
        "label": source.label if source else row.source,
        "format": row.get_format_display(),
        "state": state,
        "said": Export.State(state).label,
        "open": row.state in OPEN,
        "there": there,
        "rows": number(row.rows),
        "expected": number(row.expected) if row.expected and row.state in OPEN else "",
        "at": min(row.rows, row.expected),
        "size": filesizeformat(row.bytes) if there else "",
        "left": left(row.expires_at - now) if there and row.expires_at else "",
        "error": said(error),
    }


register(Place(_lazy("Exports"), "exports", "download", 240, under="contacts"))
urlpatterns = [
    path("exports", Exports.as_view(), name="exports"),
    path("exports/<int:pk>/file", Fetch.as_view(), name="exports-file"),
    path("exports/<int:pk>/stop", Stop.as_view(), name="exports-stop"),
]
