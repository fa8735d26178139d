"""Companies as records: made, changed, deleted, and shown flat with their custom fields."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.catalogue import Catalogue, FieldSpec, spec_of
from contacts.models import Contact, Field
from contacts.services.writing import Cleaner
from kernel import clock
from kernel.changes import announce
from kernel.documents import dumps, loads
from kernel.locks import lock_contacts
from kernel.registry import Problem

Values = dict[str, Any]
NAME = FieldSpec("name", "text", _lazy("Name"), "co.name")
FIXED = ("id", "version", "created_at", "updated_at")

READ = """
SELECT co.id, co.name, co.attrs::text, co.version, co.created_at, co.updated_at, u.id,
  coalesce(nullif(btrim(u.first_name || ' ' || u.last_name), ''), u.email)
FROM company co LEFT JOIN {users} u ON u.id = co.owner_id WHERE co.id = ANY(%s)"""
INSERT = """
INSERT INTO company (name, attrs, owner_id, version, created_at, updated_at)
VALUES (%(name)s, %(attrs)s::jsonb, %(owner)s, 1, %(now)s, %(now)s) RETURNING id"""
UPDATE = """
UPDATE company SET name = %(name)s, attrs = %(attrs)s::jsonb, owner_id = %(owner)s,
  version = version + 1, updated_at = %(now)s
WHERE id = %(id)s RETURNING id"""


class Taken(Exception):  # noqa: N818 - an answer
    """There is a company of this name."""


def specs() -> dict[str, FieldSpec]:
    """Return the custom fields of companies by alias."""
    rows = Field.objects.filter(object=Field.Object.COMPANY)
    return {row.alias: spec_of(row) for row in rows}


def cleaned(values: Mapping[str, Any]) -> tuple[Values, list[Problem]]:
    """Check every value; return what can be written, and what was refused by alias."""
    row, problems = Cleaner(Catalogue({**specs(), "name": NAME}, ())).row(values)
    if "name" in row and row["name"] is None:
        problems.append(
            {"field": "name", "code": "required", "message": _("A company needs a name.")}
        )
    return row, problems


def create(values: Mapping[str, Any], now: datetime) -> int:
    """Make a company; `Taken` when there is one of this name."""
    defaults = {alias: spec.default for alias, spec in specs().items() if spec.default is not None}
    return _store(INSERT, {**defaults, **values}, now, None)


@transaction.atomic
def change(company: int, values: Mapping[str, Any], now: datetime) -> None:
    """Change a locked company where values differ, and tell its people's segments."""
    before = _values(company)
    after = {**before, **values}
    changed = sorted(alias for alias in after if before.get(alias) != after[alias])
    if not changed:
        return
    with connection.cursor() as cursor:
        # Whoever is joining this company at the moment ends first, and is told, too.
        cursor.execute("SELECT 1 FROM company WHERE id = %s FOR UPDATE", [company])
    _store(UPDATE, after, now, company)
    people = Contact.objects.filter(company=company).values_list("pk", flat=True)
    announce(people, [f"company:{alias}" for alias in changed], bulk=True)


@transaction.atomic
def delete(company: int) -> None:
    """Delete a company; its people stay, without one."""
    people = lock_contacts(Contact.objects.filter(company=company).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contact SET company_id = NULL WHERE id = ANY(%s)", [people])
        cursor.execute("DELETE FROM company WHERE id = %s", [company])
    announce(people, ["field:company"], bulk=True)


def flat(companies: Iterable[int]) -> list[Values]:
    """Return these companies in the order asked for; those that are gone are left out."""
    wanted, aliases = list(companies), list(specs())
    with connection.cursor() as cursor:
        cursor.execute(READ.format(users=get_user_model()._meta.db_table), [wanted])
        rows = {row[0]: row for row in cursor.fetchall()}
    return [_shown(rows[company], aliases) for company in wanted if company in rows]


def _shown(row: tuple[Any, ...], aliases: list[str]) -> Values:
    number, name, attrs, version, created_at, updated_at, owner, owner_name = row
    kept = loads(attrs)
    return {
        "id": str(number),
        "name": name,
        **{alias: kept.get(alias) for alias in aliases},
        "owner": {"id": str(owner), "name": owner_name} if owner else None,
        "version": version,
        "created_at": clock.iso(created_at),
        "updated_at": clock.iso(updated_at),
    }


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
            return int(cursor.fetchone()[0])
    except IntegrityError as error:
        raise Taken from error
