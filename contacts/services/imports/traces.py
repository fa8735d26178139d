"""What imports keep about people: merged, shown, forgotten, and cleaned away in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from contacts.models import Import
from contacts.models.imports import What
from contacts.services.imports import drafts, erased_rows, resuming
from contacts.services.imports.ending import OPEN
from contacts.services.imports.files import discard, folder
from contacts.services.known_by import SHORTEST, people
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
# What an address and a text that holds it have in common: the sign with the letters around it.
AROUND = "'[[:alnum:]]*@[[:alnum:]-]+'"
# What a cell may have in common with people: its text, its digits if they may be a number, and
# what stands around each sign of an address. The index holds the same (`reject_signs`, migration
# 0032): whoever changes the one makes the other anew.
SIGNS = f"""ARRAY[lower(btrim(cell, E' \\t\\r\\n'))]
  || CASE WHEN length(cell) - length(translate(cell, '0123456789', '')) >= {SHORTEST}
     THEN ARRAY['#' || regexp_replace(cell, '\\D', '', 'g')] END
  || CASE WHEN position('@' IN cell) > 0
     THEN ARRAY(SELECT a[1] FROM regexp_matches(lower(cell), {AROUND}, 'g') a) END"""  # noqa: S608 - constants
# A refused row is somebody's by an address, a number, or first and last name together. The index
# on `reject_signs` tells which rows have a sign in common with these people: reading them all took
# half a minute beside 200,000, while the people were locked. Of those few each cell is looked at
# once, and meets people by what is the same in both.
ERASE = f"""
DELETE FROM import_contact WHERE contact_id = ANY(%(contacts)s);
WITH named AS (
  SELECT first, last, n
  FROM unnest(%(firsts)s::text[], %(lasts)s::text[]) WITH ORDINALITY AS n(first, last, n)),
known(sign, email, n, part) AS MATERIALIZED (
  SELECT '#' || number, NULL, 0, NULL FROM unnest(%(numbers)s::text[]) number
  UNION ALL
  SELECT substring(email FROM {AROUND}), email, 0, NULL FROM unnest(%(emails)s::text[]) email
  UNION ALL SELECT first || ' ' || last, NULL, 0, NULL FROM named
  UNION ALL SELECT last || ' ' || first, NULL, 0, NULL FROM named
  UNION ALL SELECT first, NULL, n, 'first' FROM named
  UNION ALL SELECT last, NULL, n, 'last' FROM named),
alike(place, cells) AS MATERIALIZED (
  SELECT ctid, cells FROM import_reject
  WHERE reject_signs(cells) && ARRAY(SELECT hashtextextended(sign, 0) FROM known WHERE n = 0)
  UNION ALL
  SELECT import_reject.ctid, cells FROM named JOIN import_reject ON reject_signs(cells)
    @> ARRAY[hashtextextended(first, 0), hashtextextended(last, 0)]),
found AS NOT MATERIALIZED (
  SELECT place, cell, unnest({SIGNS}) sign
  FROM alike CROSS JOIN LATERAL jsonb_array_elements_text(cells) AS cell
  WHERE cell <> '')
DELETE FROM import_reject WHERE ctid = ANY(ARRAY(
  SELECT place FROM found JOIN known USING (sign)
  WHERE email IS NULL OR position(email IN lower(cell)) > 0
  GROUP BY place, n HAVING n = 0 OR count(DISTINCT part) = 2))"""  # noqa: S608 - constants

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
    """Delete files that no import needs any more, be it to be resumed."""
    drafts.clean(now)
    erased_rows.clean(now)
    open_or_draft = (*OPEN, Import.State.DRAFT)
    needed = set(Import.objects.filter(state__in=open_or_draft).values_list("file", flat=True))
    needed |= set(resuming.resumable(now).values_list("file", flat=True))
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
