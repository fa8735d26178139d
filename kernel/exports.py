"""Writes the rows of a source as CSV: streamed, one snapshot, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TextIO

from django.db import connection, transaction

from kernel import clock
from kernel.formulas import guarded
from kernel.sources import Source

FETCH = 2_000


def write_csv(source: Source, user: Any, start: datetime, end: datetime, into: TextIO) -> int:
    """Write the header and the rows of a period; return how many rows there were."""
    writer, count = csv.writer(into), 0
    writer.writerow([column.key for column in source.columns()])
    with transaction.atomic():
        for row in source.rows(user, start, end):
            writer.writerow([_cell(value) for value in row])
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


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, datetime):
        return clock.iso(value)
    return value
