"""The values of tokens: SQL for just those a message uses, turned back into plain Python."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from django.contrib.auth import get_user_model

from contacts.catalogue import catalogue

Read = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One token read from the database: where it goes, its SQL, how its text is understood."""

    namespace: str
    name: str
    sql: str
    read: Read


@dataclass(frozen=True, slots=True)
class Columns:
    """All tokens of a message that are read from the database."""

    columns: tuple[Column, ...] = ()

    def sql(self) -> str:
        """Return the expressions as text, over `c`, `s`, `co` and `u` (the owner)."""
        return ", ".join(f"({column.sql})::text" for column in self.columns)

    def joins(self) -> str:
        """Return the joins that only some tokens need."""
        if not any(column.namespace == "owner" for column in self.columns):
            return ""
        table = get_user_model()._meta.db_table
        return f'LEFT JOIN "{table}" u ON u.id = c.owner_id'

    def values(
        self, texts: Sequence[str | None], event: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Return the values of one recipient, by namespace."""
        found: dict[str, Any] = {"contact": {}, "company": {}, "owner": {}, "event": event or {}}
        for column, text in zip(self.columns, texts, strict=True):
            found[column.namespace][column.name] = None if text is None else column.read(text)
        return found


def columns_of(uses: Iterable[str]) -> Columns:
    """List what a message reads of its recipients; `uses` are the paths of its tokens."""
    fields = catalogue()
    columns = []
    for path in sorted(uses):
        namespace, _dot, name = path.partition(".")
        if namespace == "contact" and name == "id":
            columns.append(Column("contact", "id", "c.id", str))
        elif namespace == "contact" and (spec := fields.get(name)):
            columns.append(Column("contact", name, spec.sql, READERS.get(spec.type, str)))
        elif namespace == "company" and name == "name":
            columns.append(Column("company", "name", "co.name", str))
        elif namespace == "owner" and name in OWNER:
            columns.append(Column("owner", name, f"u.{name}", str))
    return Columns(tuple(columns))


OWNER = ("first_name", "last_name", "email", "signature")


def _instant(text: str) -> datetime:
    # PostgreSQL writes `2026-11-22 10:00:00+00`, fields in `attrs` hold `…Z`.
    return datetime.fromisoformat(text).astimezone(UTC)


def _boolean(text: str) -> bool:
    return text == "true"


READERS: dict[str, Read] = {
    "number": Decimal,
    "boolean": _boolean,
    "date": date.fromisoformat,
    "datetime": _instant,
    "time": time.fromisoformat,
    "multiselect": orjson.loads,
}
