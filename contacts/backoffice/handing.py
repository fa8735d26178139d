"""Handing out all that is known of a person: written at the moment of asking, never stored."""

from typing import ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from backoffice.screens import Screen, leave_trail
from contacts.services.handing import archive
from kernel import clock
from kernel.trail import Deed


class HandOut(Screen):
    """A ZIP for whoever asked what is known of them."""

    verb: ClassVar[str] = "export"

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write it and note who had it."""
        row = self.item(pk, "export")
        content = archive(row.pk, clock.now())
        leave_trail(request, Deed("contacts", "hand-out", object=row.pk))
        headers = {
            "Content-Disposition": f'attachment; filename="contact-{row.pk}.zip"',
            "Cache-Control": "no-store",
        }
        return HttpResponse(content, content_type="application/zip", headers=headers)
