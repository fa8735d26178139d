"""Keeps the table of identifiers equal to what contacts hold."""

from collections.abc import Sequence

from django.db import connection

# A contact, the kind of identifier, and its new value or None.
Assignment = tuple[int, str, str | None]

RELEASE = """
DELETE FROM identifier i USING unnest(%s::bigint[], %s::text[]) AS n(contact, kind)
WHERE i.contact_id = n.contact AND i.kind = n.kind"""
# In one order everywhere: two writers of the same values wait, they never deadlock.
ASSIGN = """
INSERT INTO identifier (contact_id, kind, value)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n(contact, kind, value)
WHERE value IS NOT NULL ORDER BY kind, value"""


def reassign(assignments: Sequence[Assignment]) -> None:
    """Give locked contacts their new identifiers; `IntegrityError` when one is somebody else's."""
    if not assignments:
        return
    contacts, kinds, values = (list(column) for column in zip(*assignments, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [contacts, kinds])
        cursor.execute(ASSIGN, [contacts, kinds, values])
