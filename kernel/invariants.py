"""What must always be true of the tables, in place of foreign keys: each app adds its checks."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Invariant:
    """A statement that selects the rows which break a promise; none is right."""

    name: str
    promise: str
    sql: str


_invariants: dict[str, Invariant] = {}


def invariant(name: str, promise: str, sql: str) -> None:
    """Declare an invariant; called from `plugins.py`. `sql` selects offenders, ten are shown."""
    _invariants[name] = Invariant(name, promise, sql)


def broken(only: Callable[[str], bool] = lambda _name: True) -> list[tuple[Invariant, list[str]]]:
    """Check every invariant and return the broken ones, with up to ten offending rows each."""
    found = []
    for check in _invariants.values():
        if not only(check.name):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({check.sql}) offenders LIMIT 10")  # noqa: S608
            rows = [str(row) for row in cursor.fetchall()]
        if rows:
            found.append((check, rows))
    return found
