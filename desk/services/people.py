"""The desk's rows about a person: moved when two become one, handed out, forgotten."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from desk.models import Note, Task
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns

MERGE = f"""
UPDATE note n SET contact_id = p.winner FROM {PAIRS} WHERE n.contact_id = p.loser;
UPDATE task t SET contact_id = p.winner FROM {PAIRS} WHERE t.contact_id = p.loser"""  # noqa: S608 - a constant


def merge(pairs: Pairs) -> None:
    """Give notes and tasks to the winners."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


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
