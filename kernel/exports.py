"""Reads the rows of a source for a file: streamed, and each time one snapshot."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any, TextIO

from django.db import connection, transaction

from kernel.sources import Source
from kernel.tables import CsvTable

FETCH = 2_000


def write_csv(source: Source, user: Any, start: datetime, end: datetime, into: TextIO) -> int:
    """Write the header and the rows of a period; return how many rows there were."""
    table, count = CsvTable(into, source.columns()), 0
    with transaction.atomic():
        for row in source.rows(user, start, end):
            table.add([row])
            count += 1
    return count


def stream(statement: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement through a server-side cursor, within a transaction."""
    # Django's cursor wrapper has no named cursors for raw SQL; the driver's are one call away.
    connection.ensure_connection()
    named = connection.connection.cursor(name="export")
    with connection.wrap_database_errors, named as cursor:
        cursor.itersize = FETCH
        cursor.execute(statement, parameters)
        yield from cursor


@contextmanager
def held(statement: str, parameters: Sequence[Any], patience: timedelta) -> Iterator[Any]:
    """Yield a cursor over the rows there are now, which outlives its transaction.

    The server puts the rows aside when the transaction ends, within `patience`. From then on
    nothing is held up by the reader, who may save how far it is in transactions of its own.
    """
    connection.ensure_connection()
    cursor = connection.connection.cursor(name="held", withhold=True)
    with connection.wrap_database_errors:
        with _given_up(patience), transaction.atomic(), connection.cursor() as plain:
            plain.execute(
                "SELECT set_config('statement_timeout', %s, true)",
                [f"{patience // timedelta(milliseconds=1)}ms"],
            )
            cursor.execute(statement, parameters)
        # One that was never declared cannot be closed.
        with closing(cursor):
            yield cursor


@contextmanager
def _given_up(patience: timedelta) -> Iterator[None]:
    """Call off what the server is at by then: no `statement_timeout` ends a COMMIT."""
    timer = threading.Timer(patience.total_seconds(), connection.connection.cancel)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
