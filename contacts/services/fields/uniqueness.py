"""Turns a field into an identifier for the contacts there are, or refuses because of duplicates."""

from collections import defaultdict

from django.db import connection
from django.utils.translation import ngettext

from contacts.models import FormerIdentifier, Identifier
from contacts.services.identity import Identity
from contacts.values import ValueProblem
from kernel import locks
from kernel.bulk import temporary
from kernel.documents import loads

FETCH = 5_000
BEGUN = {"kind": "text", "value": "text", "contact_id": "bigint"}
# Whoever erases people waits for no lock on the fields: who is gone meanwhile is skipped, and who
# is there is held until the identifiers stand.
TAKE = """
WITH there AS MATERIALIZED (
  SELECT id FROM contact WHERE id IN (SELECT contact_id FROM identifier_begun)
  ORDER BY id FOR KEY SHARE)
INSERT INTO identifier (kind, value, contact_id)
SELECT b.kind, b.value, b.contact_id
FROM identifier_begun b JOIN there ON there.id = b.contact_id"""


def begin(alias: str, expression: str, who: Identity) -> None:
    """Build the identifiers of a field; `ValueProblem` when two contacts share a value.

    Writers of contacts wait meanwhile, so that none misses that the field identifies now.
    """
    locks.wait_lock(locks.FIELDS_LOCK, locks.OF_CONTACTS)
    contacts: dict[str, list[int]] = defaultdict(list)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, to_jsonb({expression})::text FROM contact c"  # noqa: S608 - of a spec
            f" WHERE {expression} IS NOT NULL"
        )
        while rows := cursor.fetchmany(FETCH):
            for contact, value in rows:
                contacts[who.key(alias, loads(value))].append(contact)
    shared = sum(len(found) > 1 for found in contacts.values())
    if shared:
        raise ValueProblem(
            "duplicates",
            ngettext(
                "%(count)s value is shared by several contacts; see the page Duplicates.",
                "%(count)s values are shared by several contacts; see the page Duplicates.",
                shared,
            )
            % {"count": shared},
        )
    end(alias)
    rows_to_copy = ((alias, value, found[0]) for value, found in contacts.items())
    temporary("identifier_begun", BEGUN, rows_to_copy)
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
    held = Identifier.objects.filter(kind=alias).values("value")
    FormerIdentifier.objects.filter(kind=alias, value__in=held).delete()


def end(alias: str) -> None:
    """Forget the identifiers of a field."""
    Identifier.objects.filter(kind=alias).delete()
    # By its former address a person is found, whether or not addresses are unique.
    if alias != "email":
        FormerIdentifier.objects.filter(kind=alias).delete()
