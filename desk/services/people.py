"""The desk's rows about a person: moved when two become one, handed out, forgotten."""

from collections.abc import Sequence
from typing import Any

from desk.models import Note, Task
from kernel import clock


def merge(winner: int, loser: int) -> None:
    """Give notes and tasks to the winner."""
    Note.objects.filter(contact_id=loser).update(contact_id=winner)
    Task.objects.filter(contact_id=loser).update(contact_id=winner)


def everything(contact: int) -> dict[str, Any]:
    """Return what was written about a person, oldest first."""
    notes = Note.objects.filter(contact_id=contact).order_by("pk")
    tasks = Task.objects.filter(contact_id=contact).order_by("pk")
    return {
        "notes": [
            {"kind": row.kind, "text": row.text, "created_at": clock.iso(row.created_at)}
            for row in notes
        ],
        "tasks": [
            {
                "kind": row.kind,
                "title": row.title,
                "text": row.text,
                "due_at": clock.iso(row.due_at) if row.due_at else None,
                "done_at": clock.iso(row.done_at) if row.done_at else None,
                "created_at": clock.iso(row.created_at),
            }
            for row in tasks
        ],
    }


def forget(contacts: Sequence[int]) -> None:
    """Delete what was written about people."""
    Note.objects.filter(contact_id__in=contacts).delete()
    Task.objects.filter(contact_id__in=contacts).delete()
