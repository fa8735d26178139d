"""What names one company only: the values of its unique fields, in a table that lets none twice."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.catalogue import FieldSpec
from contacts.company_catalogue import companies
from contacts.models import CompanyIdentifier
from contacts.services.identity import Holders, Key
from contacts.values import ValueProblem, normal
from kernel import locks
from kernel.documents import loads
from kernel.lowering import lowered

# A company, the alias of a field, and its new key or None.
Assignment = tuple[int, str, str | None]

# A French SIREN is written with spaces as often as without.
BETWEEN_DIGITS = re.compile(r"(?<=\d)\s+(?=\d)")
# OFFSET 0: each key is looked up by the index; thousands at once would have all of them read.
HOLDERS = """
SELECT k.kind, k.value, i.company_id, i.former
FROM unnest(%s::text[], %s::text[]) AS k(kind, value), LATERAL (
  SELECT company_id, former FROM company_identifier i WHERE (i.kind, i.value) = (k.kind, k.value)
  OFFSET 0) AS i"""
RELEASE = """
DELETE FROM company_identifier i USING unnest(%s::bigint[], %s::text[]) AS n(company, kind)
WHERE i.company_id = n.company AND i.kind = n.kind AND NOT i.former"""
# In one order everywhere. What only leads to a survivor may be taken; what is somebody's is not.
ASSIGN = """
INSERT INTO company_identifier AS i (company_id, kind, value, former)
SELECT company, kind, value, false
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n(company, kind, value)
WHERE value IS NOT NULL ORDER BY kind, value
ON CONFLICT (kind, value) DO UPDATE SET company_id = excluded.company_id, former = false
WHERE i.former OR i.company_id = excluded.company_id RETURNING kind, value"""
LEAD = """
UPDATE company_identifier SET company_id = %s, former = true WHERE company_id = ANY(%s::bigint[])"""
DROP = "DELETE FROM company_identifier WHERE company_id = ANY(%s::bigint[])"
# Those that are becoming part of others lead there already.
VALUES = """
SELECT co.id, (co.attrs -> %(alias)s)::text FROM company co WHERE co.attrs ? %(alias)s
  AND NOT EXISTS (SELECT FROM company_trace t WHERE t.loser_id = co.id)"""
BEGIN = """
WITH there AS MATERIALIZED (
  SELECT id FROM company WHERE id = ANY(%(companies)s::bigint[]) ORDER BY id FOR KEY SHARE)
INSERT INTO company_identifier (kind, value, company_id, former)
SELECT %(alias)s, b.value, b.company, false
FROM unnest(%(companies)s::bigint[], %(values)s::text[]) AS b(company, value)
JOIN there ON there.id = b.company ORDER BY b.value"""


class Shared(IntegrityError):  # noqa: N818 - an answer
    """A value is another company's: `alias` says of which field."""

    def __init__(self, alias: str) -> None:
        super().__init__(alias)
        self.alias = alias


def unique() -> dict[str, FieldSpec]:
    """Return the fields whose values name one company only, by alias."""
    return {spec.alias: spec for spec in companies().custom if spec.unique}


def held() -> dict[str, FieldSpec]:
    """Return them, the same until the transaction ends: for who writes companies."""
    locks.share_lock(locks.FIELDS_LOCK, locks.OF_COMPANIES)
    return unique()


def key(alias: str, value: Any) -> str:
    """Return the form in which a value is compared: capitals, and spaces in numbers, count not."""
    return BETWEEN_DIGITS.sub("", normal(alias, value))


def keys(values: Mapping[str, Any], aliases: Iterable[str]) -> dict[str, str | None]:
    """Return what these values name their company by or, with None, no longer."""
    return {
        alias: None if values[alias] is None else key(alias, values[alias])
        for alias in aliases
        if alias in values
    }


def folded(name: str) -> str:
    """Return a company's name as the database compares it."""
    return lowered(name.strip(" "))


def holders(wanted: Set[Key]) -> Holders:
    """Return whose these keys are, and who survives those whose they were."""
    found = Holders({}, {})
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(HOLDERS, [list(column) for column in zip(*sorted(wanted), strict=True)])
            for alias, value, company, is_former in cursor.fetchall():
                (found.former if is_former else found.owners)[alias, value] = company
    return found


def changes(
    company: int, before: Mapping[str, Any], after: Mapping[str, Any], aliases: Iterable[str]
) -> list[Assignment]:
    """Return which keys of a company become others."""
    had, has = (
        keys({alias: values.get(alias) for alias in aliases}, aliases) for values in (before, after)
    )
    return [(company, alias, has[alias]) for alias in aliases if had[alias] != has[alias]]


def reassign(assignments: Sequence[Assignment]) -> None:
    """Give companies their new keys; `Shared` where one is another company's."""
    if not assignments:
        return
    numbers, aliases, values = (list(column) for column in zip(*assignments, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [numbers, aliases])
        cursor.execute(ASSIGN, [numbers, aliases, values])
        given = set(cursor.fetchall())
    for _company, alias, value in assignments:
        if value is not None and (alias, value) not in given:
            raise Shared(alias)


def lead(losers: Sequence[int], winner: int) -> None:
    """Let what named companies that are merged lead to the one that stays."""
    with connection.cursor() as cursor:
        cursor.execute(LEAD, [winner, list(losers)])


def drop(numbers: Sequence[int]) -> None:
    """Forget what named companies that are going."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, [list(numbers)])


def begin(alias: str) -> None:
    """Have a field name companies; `ValueProblem` when two companies share a value.

    Writers of companies wait meanwhile, so that none misses that the field names them now.
    """
    locks.wait_lock(locks.FIELDS_LOCK, locks.OF_COMPANIES)
    with connection.cursor() as cursor:
        cursor.execute(VALUES, {"alias": alias})
        rows = [(company, key(alias, loads(value))) for company, value in cursor.fetchall()]
    shared = len(rows) - len({value for _company, value in rows})
    if shared:
        raise ValueProblem("duplicates", _shared(rows))
    end(alias)
    numbers, values = [row[0] for row in rows], [row[1] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"alias": alias, "companies": numbers, "values": values})


def _shared(rows: Sequence[tuple[int, str]]) -> str:
    """Say how many values are shared, and the first of them: that is what one looks for."""
    seen, twice = set[str](), set[str]()
    for _company, value in rows:
        (twice if value in seen else seen).add(value)
    words = ngettext(
        "%(count)s value is shared by several companies: %(first)s.",
        "%(count)s values are shared by several companies, such as %(first)s.",
        len(twice),
    )
    return words % {"count": len(twice), "first": min(twice)}


def end(alias: str) -> None:
    """Have a field name companies no longer."""
    CompanyIdentifier.objects.filter(kind=alias).delete()


def taken() -> str:
    """Return the words for a value that is another company's."""
    return _("Another company has this value already.")
