"""How the queue of steps is read: by its indexes, whatever the statistics of the moment say."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def by_index() -> Iterator[None]:
    """Keep the planner from reading the whole table, which it takes for small when it was empty.

    A table that fills and empties within minutes is always described by old statistics.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")
