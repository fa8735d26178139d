"""The register of processing on a page, and as a file."""

import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.generic import View

from backoffice.access import Permitted
from backoffice.screens import leave_trail
from contacts.services.register import Register, register
from kernel import clock
from kernel.sources import Column
from kernel.tables import CsvTable
from kernel.trail import Deed


class Processing(Permitted, View):
    """What is done with personal data here."""

    kind = "privacy"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        context = {"in_settings": True, "register": register(), "at": clock.now()}
        return render(request, "contacts/register.html", context)


class ProcessingFile(Permitted, View):
    """The register as a table for spreadsheets."""

    kind = "privacy"

    @transaction.atomic
    def get(self, request: HttpRequest) -> HttpResponse:
        """Write it."""
        names = [_("Processing"), _("Purpose"), _("People"), _("Legal basis"), _("Data")]
        names += [_("Kept"), _("Recipients")]
        text = io.StringIO()
        table = CsvTable(text, [Column(name, name) for name in names])
        table.add(_rows(register()))
        leave_trail(request, Deed("privacy", "export"))
        headers = {"Content-Disposition": 'attachment; filename="register.csv"'}
        content = "\N{BOM}" + text.getvalue()
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _rows(found: Register) -> Iterator[list[Any]]:
    yield [_("Controller"), found.controller, found.address, "", "", "", ""]
    for one in found.entries:
        lists = ("; ".join(words) for words in (one.data, one.kept, one.recipients))
        yield [one.label, one.purpose, one.whose, one.basis, *lists]
    for measure in found.measures:
        yield [_("Security"), measure, "", "", "", "", ""]


urlpatterns = [
    path("settings/privacy/register", Processing.as_view(), name="privacy-register"),
    path("settings/privacy/register.csv", ProcessingFile.as_view(), name="privacy-register-file"),
]
