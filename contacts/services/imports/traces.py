"""What imports keep about people: merged, shown, forgotten, and cleaned away in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from contacts.models import Import
from contacts.models.imports import What
from contacts.services.imports import drafts, erased_rows
from contacts.services.imports.ending import OPEN
from contacts.services.imports.files import discard, folder
from contacts.services.known_by import people
from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns

_SLICE = 10_000

MERGE = f"""
INSERT INTO import_contact (import_id, contact_id, what, changed)
SELECT i.import_id, p.winner, i.what, i.changed
FROM {PAIRS} JOIN import_contact i ON i.contact_id = p.loser
ORDER BY 1, 2
ON CONFLICT (import_id, contact_id) DO UPDATE SET
  what = least(import_contact.what, excluded.what),
  changed = import_contact.changed OR excluded.changed
WHERE excluded.what < import_contact.what OR excluded.changed > import_contact.changed;
DELETE FROM import_contact WHERE contact_id = ANY(%(losers)s::bigint[])"""  # noqa: S608 - a constant
EXPORT = """
SELECT i.id, i.name, ic.what, i.created_at
FROM import_contact ic JOIN import i ON i.id = ic.import_id
WHERE ic.contact_id = %s ORDER BY i.id"""
# A refused row is somebody's by an address, a number, or first and last name together.
ERASE = """
DELETE FROM import_contact WHERE contact_id = ANY(%(contacts)s);
DELETE FROM import_reject WHERE (import_id, line) IN (
  SELECT r.import_id, r.line FROM import_reject r CROSS JOIN LATERAL (
    SELECT array_agg(lower(btrim(cell))) words,
           array_agg(regexp_replace(cell, '\\D', '', 'g')) digits
    FROM jsonb_array_elements_text(r.cells) AS cell) row
  WHERE row.digits && %(numbers)s::text[]
    OR EXISTS (SELECT 1 FROM unnest(%(emails)s::text[]) AS e(email)
               WHERE position(e.email IN lower(r.cells::text)) > 0)
    OR EXISTS (SELECT 1 FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) AS n(first, last)
               WHERE row.words @> ARRAY[n.first, n.last]
                  OR row.words && ARRAY[n.first || ' ' || n.last, n.last || ' ' || n.first]))"""

# Refused rows hold data of people who may be nobody's contacts.
OLD = "FROM import_reject r JOIN import i ON i.id = r.import_id WHERE i.finished_at < %s"
FORGET_OLD = f"""
DELETE FROM import_reject WHERE ctid = ANY(ARRAY(SELECT r.ctid {OLD} LIMIT %s))"""  # noqa: S608 - constants


def merge(pairs: Pairs) -> None:
    """Make the winners those whom the losers' imports met."""
    _run(MERGE, columns(pairs))


def export(contact: int) -> list[dict[str, Any]]:
    """List the imports that met a contact."""
    with connection.cursor() as cursor:
        cursor.execute(EXPORT, [contact])
        return [
            {
                "import": str(number),
                "file": name,
                "what": What(what).name.lower(),
                "at": clock.iso(at),
            }
            for number, name, what, at in cursor.fetchall()
        ]


def erase(contacts: Sequence[int]) -> None:
    """Forget that imports met contacts, and the refused rows that are about the same people."""
    gone = people(contacts)
    named = [(one.first_name, one.last_name) for one in gone if one.first_name and one.last_name]
    values = {
        "contacts": list(contacts),
        "emails": [email for one in gone for email in one.emails],
        "numbers": [number for one in gone for number in one.numbers],
        "firsts": [first for first, _last in named],
        "lasts": [last for _first, last in named],
    }
    _run(ERASE, values)


def count_rejects(before: datetime) -> int:
    """Count the refused rows of imports that ended before then."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {OLD}", [before])
        return int(cursor.fetchone()[0])


def forget_rejects(before: datetime, now: datetime) -> int:
    """Delete some of them."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_OLD, [before, _SLICE])
        return int(cursor.rowcount)


def clean(now: datetime) -> None:
    """Delete files that no open import needs."""
    drafts.clean(now)
    erased_rows.clean(now)
    open_or_draft = (*OPEN, Import.State.DRAFT)
    needed = set(Import.objects.filter(state__in=open_or_draft).values_list("file", flat=True))
    for path in folder().glob("imports/*/*/*"):
        stored = str(path.relative_to(folder()).with_name(path.name.partition(".")[0]))
        # What is made of a file goes with it.
        if stored not in needed and path.exists() and _age(path, now) > timedelta(days=1):
            discard(stored)


def _age(path: Path, now: datetime) -> timedelta:
    return timedelta(seconds=now.timestamp() - path.stat().st_mtime)


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
