"""The page of an import: how far it is, what it did, what it refused."""

from collections.abc import Iterator
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice import toasts
from backoffice.items import Item
from backoffice.screens import Screen, leave_trail
from contacts.backoffice.imports.going import going, why
from contacts.models import Import
from contacts.services.imports import resuming, undo
from contacts.services.imports.ending import OPEN
from contacts.services.imports.objects import COMPANY, of
from contacts.services.imports.rejects import rejects_as_csv
from contacts.services.imports.start import cancel
from kernel import clock
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem
from kernel.trail import Deed


class Page(Item):
    """The page; a draft goes on where it was left."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to the steps of a draft, else show how it goes."""
        row = self.item(pk)
        if row.state == Import.State.DRAFT:
            return HttpResponseRedirect(self.resource.url("columns-step", pk))
        return super().get(request, pk)


class Progress(Screen):
    """What changes while it runs, asked for again and again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; the whole page once it has ended."""
        row = self.item(pk)
        if row.state not in {*OPEN, Import.State.UNDOING}:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        context = self.context(row=row, **going(row), stoppable=self.may(row, "edit"))
        return render(request, "imports/progress.html", context)


class Stop(Screen):
    """Stops it where it is."""

    verb = "edit"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Cancel; what is written stays."""
        with transaction.atomic():
            row = self.item(pk, "edit")
            if row.state == Import.State.DRAFT:
                raise PermissionDenied
            if undoing := row.state == Import.State.UNDOING:
                said = _("Undoing is stopped; who is not forgotten yet stays.")
            else:
                said = _("The import is stopped; what it has written stays.")
            if (undo.stop if undoing else cancel)(row, clock.now()):
                leave_trail(request, Deed("imports", "cancel", object=pk, name=row.name))
                toasts.tell(request, said)
        return HttpResponseRedirect(self.resource.url("item", pk))


class Resume(Screen):
    """Goes on with an import that failed."""

    verb = "edit"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue what is left of the file, once."""
        with transaction.atomic():
            row = self.item(pk, "edit")
            if resuming.may_resume(row, self.user):
                try:
                    with transaction.atomic():
                        resuming.resume(row, self.user.pk, clock.now())
                except ConfigProblem as problem:
                    toasts.tell(request, problem.problems[0]["message"])
                else:
                    leave_trail(request, Deed("imports", "resume", object=pk, name=row.name))
                    hint_on_commit("kernel.jobs")
        return HttpResponseRedirect(self.resource.url("item", pk))


class Undo(Screen):
    """Forgets the people it created, once it is said how many that are."""

    verb = "edit"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say who would go and who would stay; lead back where nothing can be undone any more."""
        row = self.item(pk, "edit")
        if not undo.may_undo(row, self.user):
            if "HX-Request" in request.headers:
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return HttpResponseRedirect(self.resource.url("item", pk))
        go, kept = undo.foreseen(row) or (None, {})
        companies = of(row).key == COMPANY
        stay = sum(kept.values())
        context = self.context(row=row, go=go, stay=stay, why=why(kept), companies=companies)
        return render(request, "imports/undo.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it done."""
        with transaction.atomic():
            row = self.item(pk, "edit")
            if undo.may_undo(row, self.user):
                undo.start(row, self.user.pk, clock.now())
                leave_trail(request, Deed("imports", "undo", object=pk, name=row.name))
                hint_on_commit("kernel.jobs")
        return HttpResponseRedirect(self.resource.url("item", pk))


class Rejects(Screen):
    """The refused rows as a file."""

    # Those that were written and not placed, instead.
    written = False
    name = "rejects"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Hand them out, row after row."""
        row = self.item(pk)
        if row.state == Import.State.DRAFT:
            return HttpResponseRedirect(self.resource.url("columns-step", pk))
        name = quote(f"{self.name}-{row.name.rsplit('.', 1)[0]}.csv")
        return StreamingHttpResponse(
            _encoded(row, written=self.written),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )


class Unplaced(Rejects):
    """The rows that were written and not placed, as a file."""

    written = True
    name = "unplaced"


def _encoded(row: Import, *, written: bool) -> Iterator[bytes]:
    return (line.encode() for line in rejects_as_csv(row, written=written))
