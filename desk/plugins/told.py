"""Notes stand in the timeline, where their readers may see them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contacts.services.timeline import Happening, tells
from desk.models import Note
from desk.words import NoteKind
from kernel.permissions import narrow


@tells("notes")
def written(contact: int, user: Any, before: datetime | None, most: int) -> Iterator[Happening]:
    """Tell what was written down, when it was."""
    rows = Note.objects.filter(contact_id=contact).select_related("author")
    if user is not None:
        rows = narrow(rows, user, "notes", "view", "contact__owner")
    if before is not None:
        rows = rows.filter(created_at__lte=before)
    for row in rows.order_by("-created_at", "pk")[:most]:
        yield Happening(
            at=row.created_at,
            key=f"notes.{row.kind}",
            sentence=f"{NoteKind(row.kind).label}: {row.text}",
            beside=str(row.author or ""),
            number=-row.pk,
        )
