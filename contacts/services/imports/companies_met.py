"""Which companies an import met: found for lists and files, kept through merges, forgotten."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q, QuerySet

from contacts.models import Company, Import, ImportCompany
from contacts.models.imports import What
from kernel.ids import read_id
from kernel.permissions import Actor, narrow

# What a list may ask: met at all, added, updated.
DONE = {
    "": Q(),
    "added-": Q(what=What.CREATED),
    "updated-": Q(what=What.UPDATED) | Q(changed=True),
}
MOVE = """
INSERT INTO import_company (import_id, company_id, what, changed)
SELECT import_id, %(winner)s, min(what), bool_or(changed) FROM import_company
WHERE company_id = ANY(%(losers)s::bigint[]) GROUP BY import_id
ON CONFLICT (import_id, company_id) DO UPDATE SET
  what = least(import_company.what, excluded.what),
  changed = import_company.changed OR excluded.changed
WHERE excluded.what < import_company.what OR excluded.changed > import_company.changed"""
FORGET = "DELETE FROM import_company WHERE company_id = ANY(%s::bigint[])"


def asked(value: str) -> tuple[str, int] | None:
    """Read what a list asks, such as `7` or `added-7`; None where it means nothing."""
    done = next((word for word in DONE if word and value.startswith(word)), "")
    number = read_id(value.removeprefix(done))
    return None if number is None else (done, number)


def file_of(user: Actor, value: str) -> str | None:
    """Return the name of the import that is asked of; None where a user may see none."""
    wanted = asked(value)
    if wanted is None:
        return None
    rows = narrow(Import.objects.filter(pk=wanted[1]), user, "imports", "view")
    return rows.values_list("name", flat=True).first()


def narrowed(rows: QuerySet[Company], value: str) -> QuerySet[Company]:
    """Keep the companies an import met, as `asked` reads it."""
    done, number = asked(value) or ("", 0)
    met = ImportCompany.objects.filter(DONE[done], import_id=number)
    return rows.filter(pk__in=met.values("company_id"))


def files_of(company: int) -> QuerySet[Import]:
    """Return the imports that added or changed a company, newest first."""
    met = ImportCompany.objects.filter(company_id=company, what__in=(What.CREATED, What.UPDATED))
    return Import.objects.filter(pk__in=met.values("import_id")).order_by("-pk")


def hand_over(losers: Sequence[int], winner: int) -> None:
    """Let the company that stays be one whom the imports of the others met."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE, {"losers": list(losers), "winner": winner})
    forget(losers)


def forget(companies: Sequence[int]) -> None:
    """Forget that imports met companies that are going."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(companies)])
