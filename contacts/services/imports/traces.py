"""What imports keep about people: merged, shown, forgotten, and cleaned away in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from contacts.models import Import, ImportContact
from contacts.services.imports import drafts
from contacts.services.imports.ending import OPEN
from contacts.services.imports.files import discard, folder
from kernel import clock

# Refused rows hold data of people who may be nobody's contacts.
REJECTS_KEPT = timedelta(days=90)
_SLICE = 10_000

MERGE = """
INSERT INTO import_contact (import_id, contact_id, what)
SELECT import_id, %(winner)s, what FROM import_contact WHERE contact_id = %(loser)s
ON CONFLICT (import_id, contact_id) DO UPDATE SET what = excluded.what
WHERE excluded.what < import_contact.what;
DELETE FROM import_contact WHERE contact_id = %(loser)s"""
EXPORT = """
SELECT i.id, i.name, ic.what, i.created_at
FROM import_contact ic JOIN import i ON i.id = ic.import_id
WHERE ic.contact_id = %s ORDER BY i.id"""
ERASE = """
DELETE FROM import_contact WHERE contact_id = ANY(%(contacts)s);
DELETE FROM import_reject r USING contact c
WHERE c.id = ANY(%(contacts)s) AND c.email_key IN (
  SELECT lower(btrim(cell)) FROM jsonb_array_elements_text(r.cells) AS cell)"""

OLD = """
DELETE FROM import_reject WHERE ctid = ANY(ARRAY(
  SELECT r.ctid FROM import_reject r JOIN import i ON i.id = r.import_id
  WHERE i.finished_at < %s LIMIT %s))"""


def merge(winner: int, loser: int) -> None:
    """Make the winner one whom the loser's imports met."""
    _run(MERGE, {"winner": winner, "loser": loser})


def export(contact: int) -> list[dict[str, Any]]:
    """List the imports that met a contact."""
    with connection.cursor() as cursor:
        cursor.execute(EXPORT, [contact])
        return [
            {
                "import": str(number),
                "file": name,
                "what": ImportContact.What(what).name.lower(),
                "at": clock.iso(at),
            }
            for number, name, what, at in cursor.fetchall()
        ]


def erase(contacts: Sequence[int]) -> None:
    """Forget that imports met contacts, and the refused rows with the same addresses."""
    _run(ERASE, {"contacts": list(contacts)})


def clean(now: datetime) -> None:
    """Delete refused rows past their time, and files that no open import needs."""
    with connection.cursor() as cursor:
        cursor.execute(OLD, [now - REJECTS_KEPT, _SLICE])
        while cursor.rowcount:
            cursor.execute(OLD, [now - REJECTS_KEPT, _SLICE])
    drafts.clean(now)
    open_or_draft = (*OPEN, Import.State.DRAFT)
    needed = set(Import.objects.filter(state__in=open_or_draft).values_list("file", flat=True))
    for path in folder().glob("imports/*/*/*"):
        stored = str(path.relative_to(folder()).with_suffix(""))
        if stored not in needed and _age(path, now) > timedelta(days=1):
            discard(stored)


def _age(path: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - path.stat().st_mtime)


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
