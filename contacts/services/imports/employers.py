"""Columns of a file of people that name their company by a unique field of it, such as a SIREN."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from contacts.catalogue import FieldSpec
from contacts.services import company_keys
from contacts.services.companies import FIND, hold
from contacts.services.company_keys import Key
from kernel.documents import dumps
from kernel.registry import Problem

PREFIX = "company."
Values = dict[str, Any]
NAMES = "SELECT id, name FROM company WHERE id = ANY(%s::bigint[])"
# A company of the name that somebody made meanwhile is taken as it is.
MAKE = """
INSERT INTO company (name, attrs, version, created_at, updated_at)
SELECT DISTINCT ON (lower(btrim(n.name))) n.name, n.attrs::jsonb, 1, %(at)s, %(at)s
FROM unnest(%(names)s::text[], %(attrs)s::text[]) AS n(name, attrs) ORDER BY lower(btrim(n.name))
ON CONFLICT (name_key) DO NOTHING RETURNING id, name"""
ATTEMPTS = 4


def offered() -> dict[str, FieldSpec]:
    """Return the unique fields of companies by what a column is mapped to."""
    return {f"{PREFIX}{alias}": spec for alias, spec in company_keys.unique().items()}


def placed(
    rows: Sequence[Values], now: datetime, *, makes: bool = True
) -> tuple[list[Values], dict[int, list[Problem]]]:
    """Return rows with the name of the company that they mean, and which are refused.

    Nothing is changed about companies there are; new ones get the value they were named by. With
    `makes` false nothing is written: for who only asks.
    """
    wanted = {place: found for place, row in enumerate(rows) if (found := _named(row))}
    if not wanted:
        return list(rows), {}
    if makes:
        company_keys.held()
    names = _known(set(wanted.values()))
    rejected: dict[int, list[Problem]] = {}
    new: dict[Key, Values] = {}
    bare = [{k: v for k, v in row.items() if not k.startswith(PREFIX)} for row in rows]
    for place, key in wanted.items():
        if key in names:
            bare[place]["company"] = names[key]
        elif rows[place].get("company"):
            new.setdefault(key, rows[place])
            bare[place]["company"] = new[key]["company"]
        else:
            rejected[place] = [_nobody(key[0])]
    if makes:
        _make(new, now)
    return bare, rejected


def _named(row: Mapping[str, Any]) -> Key | None:
    for alias, value in row.items():
        if alias.startswith(PREFIX) and value is not None:
            own = alias.removeprefix(PREFIX)
            return own, company_keys.key(own, value)
    return None


def _known(keys: set[Key]) -> dict[Key, str]:
    """Return the names of the companies that keys mean, which stay until the transaction ends."""
    for _attempt in range(ATTEMPTS):
        owners, former = company_keys.holders(keys)
        found = {**former, **owners}
        if hold(found.values()) == set(found.values()):
            break
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [list(found.values())])
        names = dict(cursor.fetchall())
    return {key: names[company] for key, company in found.items() if company in names}


def _make(new: Mapping[Key, Values], now: datetime) -> None:
    """Make the companies of names that nobody has, with the value they were named by."""
    taken = _taken(row["company"] for row in new.values())
    fresh = {
        key: row for key, row in new.items() if company_keys.folded(row["company"]) not in taken
    }
    if not fresh:
        return
    # Of two values for one name the first is that company's.
    firsts: dict[str, Key] = {}
    for key, row in fresh.items():
        firsts.setdefault(company_keys.folded(row["company"]), key)
    names = [fresh[key]["company"] for key in firsts.values()]
    attrs = [dumps({key[0]: fresh[key][f"{PREFIX}{key[0]}"]}) for key in firsts.values()]
    with connection.cursor() as cursor:
        cursor.execute(MAKE, {"at": now, "names": names, "attrs": attrs})
        made = cursor.fetchall()
    company_keys.reassign([(number, *firsts[company_keys.folded(name)]) for number, name in made])


def _taken(names: Iterable[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, [list(names)])
        return {company_keys.folded(name) for name, _company in cursor.fetchall()}


def _nobody(alias: str) -> Problem:
    message = _("No company has this value, and the row does not name one.")
    return {"field": f"{PREFIX}{alias}", "code": "not_found", "message": message}
