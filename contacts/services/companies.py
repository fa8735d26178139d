"""Companies: found by name or made, for whole batches of contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.services import company_keys
from kernel.documents import dumps
from kernel.locks import Overtaken

# The name of a company that became part of another one leads there, until another is given it.
FIND = """
SELECT n.name, coalesce(t.survivor_id, co.id) FROM unnest(%s::text[]) AS n(name)
LEFT JOIN company co ON co.name_key = lower(btrim(n.name))
LEFT JOIN company_trace t ON t.name_key = lower(btrim(n.name))
WHERE coalesce(t.survivor_id, co.id) IS NOT NULL"""
# In order of the key: two batches that make the same companies never wait for each other crosswise.
MAKE = """
INSERT INTO company (name, attrs, version, created_at, updated_at)
SELECT DISTINCT ON (lower(btrim(n.name))) n.name, n.attrs::jsonb, 1, %(now)s, %(now)s
FROM unnest(%(names)s::text[], %(attrs)s::text[]) AS n(name, attrs) ORDER BY lower(btrim(n.name))
ON CONFLICT (name_key) DO NOTHING RETURNING id, name"""
# As foreign keys do when a transaction ends, but before: a merge waits for whoever joins.
HOLD = """
SELECT id FROM company WHERE id = ANY(%s::bigint[]) ORDER BY id FOR KEY SHARE"""
ATTEMPTS = 4


@dataclass(frozen=True)
class Employers:
    """What was found out about companies that rows name by more than their name."""

    # Values of unique fields that a company is made with, by alias, by the name as compared.
    born: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Which company a name stands for.
    meant: Mapping[str, int] = field(default_factory=dict)


class Elsewhere(Overtaken):
    """Somebody made, or changed, what was found out about companies: it is to be asked again."""


def find_or_make(
    names: Iterable[str], now: datetime, employers: Employers | None = None
) -> dict[str, int]:
    """Return the company of each name, making those that are missing; they stay till the end.

    `Elsewhere` where `employers` are not so any more. All names of a batch are made in one
    statement, then their keys, then all are held: two batches never wait crosswise.
    """
    wanted = sorted(set(names))
    if not wanted:
        return {}
    known = employers or Employers()
    made = set[int]()
    for _attempt in range(ATTEMPTS):
        found = _found(wanted, now, known, made)
        if hold(found.values()) == set(found.values()):
            break
    for name, company in found.items():
        is_born = company_keys.folded(name) in known.born
        if known.meant.get(name, company) != company or (is_born and company not in made):
            raise Elsewhere
    return found


def hold(companies: Iterable[int]) -> set[int]:
    """Keep companies from being deleted or merged until the transaction ends; those still there.

    Companies come before contacts in the order of locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(set(companies))])
        return {row[0] for row in cursor.fetchall()}


def _found(
    wanted: list[str], now: datetime, employers: Employers, made: set[int]
) -> dict[str, int]:
    found = by_name(wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        made |= _make(missing, now, employers)
        found |= by_name(missing)
    return found


def by_name(names: Iterable[str]) -> dict[str, int]:
    """Return the company of each name, as given, that there is or that became another one."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [list(names)])
        return dict(cursor.fetchall())


def _make(names: list[str], now: datetime, employers: Employers) -> set[int]:
    """Make companies with the values they were named by; return those not made by others."""
    values = [employers.born.get(company_keys.folded(name), {}) for name in names]
    rows: dict[str, Any] = {"now": now, "names": names}
    rows["attrs"] = [dumps(dict(one)) for one in values]
    with connection.cursor() as cursor:
        cursor.execute(MAKE, rows)
        made = cursor.fetchall()
    assignments = [
        (company, alias, company_keys.key(alias, value))
        for company, name in made
        for alias, value in employers.born.get(company_keys.folded(name), {}).items()
    ]
    try:
        company_keys.reassign(assignments)
    except company_keys.Shared as shared:
        raise Elsewhere from shared
    return {company for company, _name in made}
