"""Companies as records: made, changed, deleted, and shown flat with their custom fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from contacts.catalogue import FieldSpec
from contacts.company_catalogue import companies, kept
from contacts.models import CompanyTrace, Contact
from contacts.services import company_keys, company_unmerging
from contacts.services.imports.companies_met import forget
from contacts.services.writing import Cleaner
from kernel import clock
from kernel.changes import announce
from kernel.documents import dumps, loads
from kernel.locks import lock_contacts
from kernel.registry import Problem

Values = dict[str, Any]
FIXED = ("id", "score", "version", "created_at", "updated_at")

READ = """
SELECT co.id, co.name, co.attrs::text, co.score, co.version, co.created_at, co.updated_at, u.id,
  coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.email)
FROM company co LEFT JOIN {users} u ON u.id = co.owner_id WHERE co.id = ANY(%s)"""
INSERT = """
INSERT INTO company (name, attrs, owner_id, version, created_at, updated_at)
VALUES (%(name)s, %(attrs)s::jsonb, %(owner)s, 1, %(now)s, %(now)s) RETURNING id"""
UPDATE = """
UPDATE company SET name = %(name)s, attrs = %(attrs)s::jsonb, owner_id = %(owner)s,
  version = version + 1, updated_at = %(now)s
WHERE id = %(id)s RETURNING id"""

TAKE_NAMES = """
UPDATE company_trace t SET name_key = NULL
FROM unnest(%s::text[]) AS n(name) WHERE t.name_key = lower(btrim(n.name))
  AND NOT EXISTS (SELECT FROM company WHERE id = t.loser_id)"""


class Taken(Exception):  # noqa: N818 - an answer
    """Another company has this name, or the value of a unique field."""

    def __init__(self, alias: str = "name") -> None:
        super().__init__(alias)
        self.alias = alias

    @property
    def problem(self) -> Problem:
        """Return the answer."""
        words = _("There is a company of this name.")
        message = words if self.alias == "name" else company_keys.taken()
        return {"field": self.alias, "code": "taken", "message": message}


def specs() -> dict[str, FieldSpec]:
    """Return what can be written of companies beside name and owner, by alias."""
    return kept()


def cleaned(values: Mapping[str, Any]) -> tuple[Values, list[Problem]]:
    """Check every value; return what can be written, and what was refused by alias."""
    row, problems = Cleaner(companies()).row(values)
    if "name" in row and row["name"] is None:
        problems.append(
            {"field": "name", "code": "required", "message": _("A company needs a name.")}
        )
    return row, problems


@transaction.atomic
def create(values: Mapping[str, Any], now: datetime) -> int:
    """Make a company; `Taken` when there is one of this name, or with a value of one only."""
    unique = company_keys.held()
    defaults = {alias: spec.default for alias, spec in specs().items() if spec.default is not None}
    company = _store(INSERT, {**defaults, **values}, now, None)
    _named(company_keys.changes(company, {}, values, unique))
    return company


@transaction.atomic
def change(company: int, values: Mapping[str, Any], now: datetime) -> None:
    """Change a company where values differ, and tell its people's segments; `Taken` as above."""
    unique = company_keys.held()
    # Whoever is joining this company at the moment ends first, and is told, too.
    _alone(company)
    before = _values(company)
    after = {**before, **values}
    changed = sorted(alias for alias in after if before.get(alias) != after[alias])
    if not changed:
        return
    _store(UPDATE, after, now, company)
    _named(company_keys.changes(company, before, after, unique))
    people = Contact.objects.filter(company=company).values_list("pk", flat=True)
    announce(people, [f"company:{alias}" for alias in changed], bulk=True)


@transaction.atomic
def delete(company: int) -> None:
    """Delete a company; its people stay, without one, and what became part of it is forgotten.

    What was about to become part of it stays, with its own values.
    """
    unique = company_keys.held()
    # Companies before contacts: whoever joins it holds it first, too.
    losers = company_unmerging.alone(company)
    people = lock_contacts(Contact.objects.filter(company=company).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contact SET company_id = NULL WHERE id = ANY(%s)", [people])
        cursor.execute("DELETE FROM company_person WHERE company_id = %s", [company])
        cursor.execute("DELETE FROM company_trace WHERE survivor_id = %s", [company])
        company_keys.drop([company])
        company_unmerging.give_back(losers, unique, clock.now())
        cursor.execute("DELETE FROM company WHERE id = %s", [company])
    forget([company])
    announce(people, ["field:company"], bulk=True)


def survivor(company: int) -> int | None:
    """Return which company a merged one became part of."""
    rows = CompanyTrace.objects.filter(loser_id=company).values_list("survivor_id", flat=True)
    return rows.first()


def _alone(company: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM company WHERE id = %s FOR UPDATE", [company])


def flat(companies: Iterable[int]) -> list[Values]:
    """Return these companies in the order asked for; those that are gone are left out."""
    wanted, aliases = list(companies), list(specs())
    with connection.cursor() as cursor:
        cursor.execute(READ.format(users=get_user_model()._meta.db_table), [wanted])
        rows = {row[0]: row for row in cursor.fetchall()}
    return [_shown(rows[company], aliases) for company in wanted if company in rows]


def _shown(row: tuple[Any, ...], aliases: list[str]) -> Values:
    number, name, attrs, score, version, created_at, updated_at, owner, owner_name = row
    values = loads(attrs)
    return {
        "id": str(number),
        "name": name,
        **{alias: values.get(alias) for alias in aliases},
        "score": score,
        "owner": {"id": str(owner), "name": owner_name} if owner else None,
        "version": version,
        "created_at": clock.iso(created_at),
        "updated_at": clock.iso(updated_at),
    }


def _named(assignments: Sequence[company_keys.Assignment]) -> None:
    try:
        company_keys.reassign(assignments)
    except company_keys.Shared as shared:
        raise Taken(shared.alias) from shared


def _values(company: int) -> Values:
    (shown,) = flat([company])
    owner = shown.pop("owner")
    values = {alias: value for alias, value in shown.items() if alias not in FIXED}
    return {**values, "owner": int(owner["id"]) if owner else None}


def _store(statement: str, values: Mapping[str, Any], now: datetime, company: int | None) -> int:
    attrs = {
        alias: value
        for alias, value in values.items()
        if alias not in {"name", "owner"} and value is not None
    }
    row = {"name": values["name"], "owner": values.get("owner"), "attrs": dumps(attrs)}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {**row, "now": now, "id": company})
            number = int(cursor.fetchone()[0])
            # Whoever is given a name has it; it no longer leads to whom it led.
            cursor.execute(TAKE_NAMES, [[values["name"]]])
            return number
    except IntegrityError as error:
        raise Taken from error
