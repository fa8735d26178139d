"""Two people who are one, and what is under way while they are merged."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction

from contacts.services import echoes
from contacts.services.upsert import upsert
from kernel import clock

# Columns that hold contacts, whatever the table; those of `merge` say whom the dead became.
COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL) LIKE '%%[]'
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attname IN ('contact_id', 'contact_ids', 'contacts', 'winner_id', 'low', 'high')
  AND n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"""


def people(*rows: dict) -> list[int]:
    return upsert(list(rows), mode="create", now=clock.now()).created


def rows(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def named(contact: int) -> list[str]:
    """Return the tables that name a contact, whatever the column is called."""
    found = []
    for table, column, is_array in rows(COLUMNS):
        place = f'"{table}" WHERE %s = {f"ANY({column})" if is_array else column}'
        if rows(f"SELECT 1 FROM {place} LIMIT 1", contact):
            found.append(table)
    return found


@contextmanager
def under_way(work: Callable[[], object]) -> Iterator[None]:
    """Do something in a transaction of its own that is committed when the block is left."""
    begun, end = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                begun.set()
                end.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(20)
    try:
        yield
    finally:
        end.set()
        thread.join()


def look_again() -> None:
    """Let the time pass in which late arrivals are followed."""
    for wait in (*echoes.ECHOES, timedelta(hours=3)):
        while echoes.follow(clock.now() + wait):
            pass
