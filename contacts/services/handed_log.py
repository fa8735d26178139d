"""The events of one person, as they are handed out: what happened, about what, and in words."""

from collections.abc import Collection
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from contacts.catalogue import hidden
from contacts.services import timeline
from contacts.services.origins import impersonal
from contacts.services.timeline import UPDATED
from kernel import clock, subjects
from kernel.documents import loads
from kernel.events import kind_of
from kernel.models import Event


def export(contact: int) -> list[dict[str, Any]]:
    """Return every event, the oldest first, ready for JSON, in the language in force.

    Each with `type`, `occurred_at`, `subject` (`type`, `id` and `name`; None: about nothing),
    `words` and `data`. What they are about is named with one query a kind, None where it is gone.
    """
    happened = Event.objects.filter(contact_id=contact).order_by("occurred_at", "id")
    # As text: its numbers keep all their digits.
    rows = list(happened.annotate(written=Cast("data", TextField())))
    types, kept = timeline.types_of(rows), hidden()
    about = timeline.pointed_at(rows, types)
    names = {kind: subjects.names(kind, ids) for kind, ids in about.items()}
    lines = timeline.lines_of(rows, types, names, impersonal(timeline.sources(rows)))
    return [
        {
            "type": line.key,
            "occurred_at": clock.iso(row.occurred_at),
            "subject": _subject(row, line.key, names),
            "words": line.sentence,
            "data": _seen(loads(row.written or "null"), line.key, kept),
        }
        for row, line in zip(rows, lines, strict=True)
    ]


def _subject(
    row: Event, key: str, names: dict[str, dict[int, str]]
) -> dict[str, str | None] | None:
    if row.subject_id is None:
        return None
    kind = kind_of(key).subject
    name = names.get(kind, {}).get(row.subject_id)
    return {"type": kind, "id": str(row.subject_id), "name": name}


def _seen(data: Any, key: str, kept: Collection[str]) -> Any:
    """Return the data without the names of fields that are kept from whoever asks."""
    if not (kept and key == UPDATED and data and isinstance(data.get("changed"), list)):
        return data
    return {**data, "changed": [alias for alias in data["changed"] if alias not in kept]}
