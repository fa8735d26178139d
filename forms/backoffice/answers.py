"""What was sent, on screen: the list with its search, one of them, taking over, and as a file."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice import toasts
from backoffice.attachments import tab
from backoffice.screens import Screen, leave_trail
from contacts.models import Contact
from forms.backoffice.resource import Forms
from forms.kinds import label_of
from forms.models import Form, Submission
from forms.services import people, taking
from kernel import clock
from kernel.formulas import guarded
from kernel.permissions import narrow
from kernel.sheets import XlsxTable
from kernel.sources import Column
from kernel.trail import Deed
from kernel.zone import workspace_zone

PAGE = 50
SHOWN_FIELDS = 5
MOST_IN_SHEET = 100_000


def _wanted(request: HttpRequest, form: Form) -> QuerySet[Submission]:
    """Return what the search of the page finds."""
    user: Any = request.user
    rows = people.seen(user, form.pk).select_related("version")
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    rows = people.found(rows, text) if text else rows
    of = request.GET.get("of", "")
    if of == "unproven":
        rows = rows.filter(proof="", contact_id__isnull=False)
    elif of == "nobody":
        rows = rows.filter(contact_id__isnull=True)
    return rows.order_by("-pk")


@tab(
    "forms",
    "answers",
    _lazy("Answers"),
    "forms/answers.html",
    order=10,
    count=lambda user, row: people.seen(user, row.pk).count(),
)
def answers(request: HttpRequest, form: Form) -> dict[str, Any]:
    """List them, the latest first."""
    fields = people.fields_of(form.versions.all())
    told = people.Telling(fields[:SHOWN_FIELDS])
    before = request.GET.get("before", "")
    rows = _wanted(request, form)
    page = list((rows.filter(pk__lt=int(before)) if before.isdigit() else rows)[: PAGE + 1])
    known = {row.contact_id for row in page if row.contact_id}
    contacts = Contact.objects.in_bulk(known)
    user: Any = request.user
    return {
        "heads": [label_of(one) for one in told.fields],
        "lines": [
            {"row": row, "cells": told.cells(row), "contact": contacts.get(row.contact_id or 0)}
            for row in page[:PAGE]
        ],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "q": request.GET.get("q", ""),
        "of": request.GET.get("of", ""),
        "kinds": [
            ("", _("All")),
            ("unproven", _("Not written to the contact")),
            ("nobody", _("Without a contact")),
        ],
        "may_export": user.can("forms", "export", form.owner_id),
        "more_fields": len(fields) > SHOWN_FIELDS,
    }


class _OfForm(Screen):
    """A screen about one of the answers, of those one may see."""

    def submission(self, pk: int, number: int, verb: str = "view") -> tuple[Form, Submission]:
        form: Form = self.item(pk, verb)
        found = people.seen(self.user, form.pk).select_related("version").filter(pk=number).first()
        if found is None:
            raise Http404
        return form, found


class Answer(_OfForm):
    """One of them in full."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Show it."""
        form, found = self.submission(pk, number)
        fields = people.fields_of([found.version])
        contact = Contact.objects.filter(pk=found.contact_id or 0).first()
        edits = narrow(Contact.objects.all(), self.user, "contacts", "edit")
        may = contact is not None and edits.filter(pk=contact.pk).exists()
        context = self.context(
            row=form,
            found=found,
            pairs=people.Telling(fields).pairs(found),
            contact=contact,
            may_take=may and found.proof == "" and bool(taking.values_of(found)),
            may_edit=self.may(form, "edit"),
            back=f"{self.resource.url('item', pk)}?tab=answers",
        )
        return render(request, "forms/answer.html", context)


class Take(_OfForm):
    """Writing what somebody sent to the contact, because a colleague believes it."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Write it."""
        form, found = self.submission(pk, number)
        edits = narrow(Contact.objects.all(), self.user, "contacts", "edit")
        if not edits.filter(pk=found.contact_id or 0).exists():
            raise Http404
        taking.take_over(found, clock.now())
        deed = Deed("forms", "take-over", object=pk, name=form.name, after={"answer": number})
        leave_trail(request, deed)
        toasts.tell(request, _("The answers were written to the contact"))
        return HttpResponseRedirect(request.path.removesuffix("/take"))


class Remove(_OfForm):
    """Deleting one of them."""

    verb = "edit"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Delete it; what was written to the contact stays."""
        form, found = self.submission(pk, number, "edit")
        found.delete()
        deed = Deed("forms", "delete-answer", object=pk, name=form.name, before={"answer": number})
        leave_trail(request, deed)
        toasts.tell(request, _("Answer deleted"))
        return HttpResponseRedirect(f"{self.resource.url('item', pk)}?tab=answers")


class Export(Screen):
    """All that a search finds as CSV or XLSX."""

    verb = "export"

    def post(self, request: HttpRequest, pk: int, kind: str) -> Any:
        """Hand out the file; the trail says who took it, so that no address alone does."""
        form: Form = self.item(pk, "export")
        fields = people.fields_of(form.versions.all())
        heads = [_("Sent at"), _("Contact"), *[label_of(one) for one in fields], _("Page")]
        rows = _rows(_wanted(request, form), people.Telling(fields))
        leave_trail(request, Deed("forms", "export", object=pk, name=form.name))
        name = f'attachment; filename="{form.alias}.{kind}"'
        if kind == "csv":
            answer: Any = StreamingHttpResponse(_csv(heads, rows), "text/csv; charset=utf-8")
        else:
            answer = HttpResponse(
                _xlsx(heads, rows),
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            )
        answer["Content-Disposition"] = name
        return answer


def _rows(found: QuerySet[Submission], told: people.Telling) -> Iterator[list[Any]]:
    for row in found[:MOST_IN_SHEET].iterator(chunk_size=1_000):
        yield [clock.iso(row.sent_at), row.contact_id or "", *told.cells(row), row.page]


def _csv(heads: list[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    # Spreadsheets take a file without this for one of their own old alphabets.
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    writer.writerow([guarded(head) for head in heads])
    for row in rows:
        writer.writerow([guarded(str(cell)) for cell in row])
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _xlsx(heads: list[str], rows: Iterator[list[Any]]) -> bytes:
    kinds = ["datetime", *["text"] * (len(heads) - 1)]
    columns = [Column(head, head, kind) for head, kind in zip(heads, kinds, strict=True)]
    with TemporaryDirectory() as folder:
        place = Path(folder) / "answers.xlsx"
        table = XlsxTable(place, columns, folder=Path(folder), zone=workspace_zone())
        table.add(tuple(row) for row in rows)
        table.close()
        return place.read_bytes()


_given: dict[str, Any] = {"resource": Forms(), "kind": Forms.kind}
_BASE = "forms/<int:pk>/answers"
urlpatterns = [
    path(f"{_BASE}.csv", Export.as_view(**_given), {"kind": "csv"}, name="forms-answers-csv"),
    path(f"{_BASE}.xlsx", Export.as_view(**_given), {"kind": "xlsx"}, name="forms-answers-xlsx"),
    path(f"{_BASE}/<int:number>", Answer.as_view(**_given), name="forms-answer"),
    path(f"{_BASE}/<int:number>/take", Take.as_view(**_given), name="forms-answer-take"),
    path(f"{_BASE}/<int:number>/delete", Remove.as_view(**_given), name="forms-answer-delete"),
]
