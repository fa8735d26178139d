"""Tokens in short texts for machines and colleagues: `{{ contact.city }}`, nothing but values.

* faults(text) -> what cannot be filled in · values(contacts, texts, context) -> one document each
* fill(text, values) -> text · fill_json(value, values) -> a document whose texts are filled in

Messages to people are templates (`content`); here there are no filters, conditions or loops.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from contacts.catalogue import FieldSpec, catalogue, whole
from kernel import clock
from kernel.documents import loads
from kernel.zone import workspace_zone

Values = dict[str, Any]
TODAY = "today"
TOKEN = re.compile(r"\{\{\s*(today|[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+)\s*\}\}")
BRACES = re.compile(r"\{\{.*?(?:\}\}|$)|\{%", re.DOTALL)
OWNER = ("first_name", "last_name", "email")


def tokens(text: str) -> set[str]:
    """Return the paths a text names."""
    return set(TOKEN.findall(text))


def faults(text: str) -> list[str]:
    """Return the tokens of a text that nothing could be put in for."""
    whole = [found for found in BRACES.findall(text) if not TOKEN.fullmatch(found)]
    return whole + sorted(f"{{{{ {path} }}}}" for path in tokens(text) if not _is_known(path))


def _is_known(path: str) -> bool:
    namespace, _dot, name = path.partition(".")
    if namespace == "event" or path == TODAY:
        return True
    known = {"contact": {"id", *catalogue().fields}, "owner": set(OWNER), "company": {"name"}}
    return name in known.get(namespace, ())


def secret(text: str) -> bool:
    """Say whether a text names a sensitive field: what is kept of it others may read."""
    fields = whole()
    named = [fields.get(path.partition(".")[2]) for path in tokens(text) if path[:8] == "contact."]
    return any(spec.sensitive for spec in named if spec)


def values(
    contacts: Sequence[int], texts: Iterable[str], context: Mapping[int, Mapping[str, Any]]
) -> dict[int, Values]:
    """Return for each contact what its tokens stand for, read in one statement."""
    paths = sorted({path for text in texts for path in tokens(text)})
    read = {path: sql for path in paths if (sql := _sql(path))}
    columns = "".join(f", ({sql})::text" for sql in read.values())
    users = get_user_model()._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id{columns} FROM contact c"  # noqa: S608 - the catalogue's
            " LEFT JOIN contact_state s ON s.contact_id = c.id"
            " LEFT JOIN company co ON co.id = c.company_id"
            f' LEFT JOIN "{users}" u ON u.id = c.owner_id WHERE c.id = ANY(%s) ORDER BY c.id',
            [list(contacts)],
        )
        rows = cursor.fetchall()
    fields, found = catalogue(), {}
    today = _today() if TODAY in paths else ""
    for contact, *cells in rows:
        mine = {path: _read(fields, path, cell) for path, cell in zip(read, cells, strict=True)}
        mine |= {
            path: _inside(context.get(contact, {}), path) for path in paths if path[:6] == "event."
        }
        if TODAY in paths:
            mine[TODAY] = today
        found[contact] = mine
    return found


def _today() -> str:
    """Return the workspace's day."""
    return clock.now().astimezone(workspace_zone()).date().isoformat()


def _sql(path: str) -> str:
    namespace, _dot, name = path.partition(".")
    if path == "contact.id":
        return "c.id"
    if namespace == "contact":
        spec = catalogue().get(name)
        return spec.sql if spec else ""
    if namespace == "owner" and name in OWNER:
        return f"u.{name}"
    return "co.name" if path == "company.name" else ""


def _read(fields: Any, path: str, text: str | None) -> Any:
    """Turn what the database wrote back into what JSON writes."""
    spec: FieldSpec | None = fields.get(path.partition(".")[2]) if path[:8] == "contact." else None
    if text is None or spec is None:
        return text
    if spec.type == "number":
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    if spec.type == "boolean":
        return text == "true"
    if spec.type == "multiselect":
        return loads(text)
    if spec.type == "datetime":
        return clock.iso(datetime.fromisoformat(text))
    return text


def _inside(event: Mapping[str, Any], path: str) -> Any:
    found: Any = event
    for part in path.split(".")[1:]:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def fill(text: str, known: Mapping[str, Any]) -> str:
    """Put values in for tokens; an empty value writes nothing."""
    return TOKEN.sub(lambda found: _written(known.get(found.group(1))), text)


def fill_json(value: Any, known: Mapping[str, Any]) -> Any:
    """Fill the texts of a document in; a text that is one token becomes the value itself."""
    if isinstance(value, str):
        alone = TOKEN.fullmatch(value.strip())
        return known.get(alone.group(1)) if alone else fill(value, known)
    if isinstance(value, list):
        return [fill_json(item, known) for item in value]
    if isinstance(value, dict):
        return {key: fill_json(item, known) for key, item in value.items()}
    return value


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_written(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
