"""Undo an import of companies: delete those it made that nobody has anything to do with since."""

from collections.abc import Sequence

from django.db import connection

from contacts.models import Import
from contacts.services import company_keys
from contacts.services.imports import companies_met

# The first reason that holds; nothing where none does.
JUDGED = """
SELECT co.id, CASE
  WHEN EXISTS (SELECT FROM import_company o
               WHERE o.company_id = co.id AND o.import_id <> %(import)s) THEN 'other_import'
  WHEN EXISTS (SELECT FROM company_trace t WHERE t.survivor_id = co.id) THEN 'merged'
  WHEN EXISTS (SELECT FROM contact c WHERE c.company_id = co.id)
    OR EXISTS (SELECT FROM company_person p WHERE p.company_id = co.id) THEN 'people'
  WHEN co.updated_at <> coalesce(ic.written_at, co.created_at) OR co.score <> 0 THEN 'changed'
  END
FROM company co
JOIN import_company ic ON ic.company_id = co.id AND ic.import_id = %(import)s AND ic.what = 1
WHERE co.id = ANY(%(companies)s)
ORDER BY co.id"""
LOCK = "SELECT id FROM company WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"


def judged(imported: Import, companies: Sequence[int]) -> dict[int, str | None]:
    """Return for which reason each of these is kept; None where it may go."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGED, {"import": imported.pk, "companies": list(companies)})
        return dict(cursor.fetchall())


def lock(companies: Sequence[int]) -> list[int]:
    """Lock them alone, in the order of ids: nobody is joining them; return those there are."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(companies)])
        return [row[0] for row in cursor.fetchall()]


def drop(companies: Sequence[int]) -> list[int]:
    """Delete locked companies that nobody belongs to."""
    companies_met.forget(companies)
    company_keys.drop(companies)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM company WHERE id = ANY(%s)", [list(companies)])
    return list(companies)
