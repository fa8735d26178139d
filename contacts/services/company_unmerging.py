"""Companies that were to become part of one that is deleted before they did: they stay."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from contacts.models import Company, CompanyTrace, Contact
from contacts.services import company_keys
from kernel.changes import announce

LOOKS = 4
ALONE = "SELECT id FROM company WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"


def alone(company: int) -> list[int]:
    """Lock a company and those that are becoming part of it, in the order of ids; return these."""
    losers = _losers(company)
    for _look in range(LOOKS):
        with connection.cursor() as cursor:
            cursor.execute(ALONE, [[*losers, company]])
        # Nobody begins to become part of a locked company.
        before, losers = losers, _losers(company)
        if set(losers) <= set(before):
            break
    return losers


def _losers(company: int) -> list[int]:
    traces = CompanyTrace.objects.filter(survivor_id=company)
    there = Company.objects.filter(pk__in=traces.values("loser_id"))
    return sorted(there.values_list("pk", flat=True))


def give_back(losers: Sequence[int], unique: Iterable[str], now: datetime) -> None:
    """Let locked companies be named by their own values again, which lead to nobody now.

    What somebody else was given meanwhile is that company's: it is taken from these.
    """
    aliases = list(unique)
    for row in Company.objects.filter(pk__in=losers).order_by("pk"):
        found = company_keys.keys(row.attrs, aliases)
        mine = {(alias, key) for alias, key in found.items() if key is not None}
        owners = company_keys.holders(mine).owners
        lost = sorted(alias for alias, key in mine if owners.get((alias, key), row.pk) != row.pk)
        if lost:
            row.attrs = {k: v for k, v in row.attrs.items() if k not in lost}
            row.version += 1
            row.updated_at = now
            row.save(update_fields=["attrs", "version", "updated_at"])
            people = Contact.objects.filter(company=row).values_list("pk", flat=True)
            announce(people, [f"company:{alias}" for alias in lost], bulk=True)
        company_keys.reassign([(row.pk, *key) for key in sorted(mine) if key[0] not in lost])
