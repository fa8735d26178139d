"""Keeps the table of identifiers equal to what contacts hold."""

from collections.abc import Iterable, Sequence

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

# A value that is taken anew names whom it was given to, no longer the survivor of a merge.
TAKEN = """
DELETE FROM former_identifier f USING unnest(%s::text[], %s::text[]) AS n(kind, value)
WHERE (f.kind, f.value) = (n.kind, n.value)"""


def reassign(assignments: Sequence[Assignment]) -> None:
    """Give locked contacts their new identifiers; `IntegrityError` when one is somebody else's."""
    if not assignments:
        return
    contacts, kinds, values = (list(column) for column in zip(*assignments, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [contacts, kinds])
        cursor.execute(ASSIGN, [contacts, kinds, values])


def take_over(keys: Iterable[tuple[str, str]]) -> None:
    """Let values that merged contacts had lead to nobody but their new owners."""
    pairs = sorted(keys)
    if not pairs:
        return
    kinds, values = (list(column) for column in zip(*pairs, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [kinds, values])
