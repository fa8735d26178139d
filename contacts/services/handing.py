"""Handing a person everything that is known of them: for machines, and to be read."""

import io
import zipfile
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from contacts.services.erase import everything
from contacts.services.handed_page import sections
from kernel import clock
from kernel.documents import dumps
from kernel.zone import workspace_zone


def archive(contact: int, now: datetime) -> bytes:
    """Return a ZIP of `data.json` and `data.html`, in the language in force; none is stored.

    What is to be read tells dates and hours in the workspace's zone.
    """
    known = everything(contact)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        document = {"contact": str(contact), "at": clock.iso(now), "data": known}
        files.writestr("data.json", dumps(document))
        with timezone.override(zone := workspace_zone()):
            page = {"at": now, "zone": str(zone), "sections": sections(known)}
            files.writestr("data.html", render_to_string("contacts/handed_out.html", page))
    return packed.getvalue()
