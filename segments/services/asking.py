"""Questions to a filter that nobody has saved: how many by condition, how many reachable, who."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from psycopg2.errors import QueryCanceled

from contacts.services import reaching
from kernel import filters
from kernel.filters.contract import GROUPS
from kernel.filters.questions import too_slow, within_time

Seen = tuple[str, Sequence[Any]]
# Counts beside conditions are a comfort: together they may take so long, in milliseconds.
BUDGET = 2_500
LONGEST = 800
# Of a million, the whole rule takes half a second; digests to compare, a second more.
LONGEST_REACHED = 2_000


@dataclass(frozen=True)
class Part:
    """How many contacts a group or condition means alone."""

    place: str
    count: int


def parts(tree: Mapping[str, Any], now: datetime, seen: Seen, at: str = "filter") -> list[Part]:
    """Count every group and condition apart, until time is up; what is missing was not counted."""
    counted: list[Part] = []
    left = float(BUDGET)
    for place, part in list(_walk(tree, at))[1:]:
        began = time.monotonic()
        found = _count(part, now, seen, min(LONGEST, int(left)))
        if found is not None:
            counted.append(Part(place, found))
        left -= (time.monotonic() - began) * 1000
        if left < 1:
            break
    return counted


def reachable(tree: Any, now: datetime, seen: Seen) -> int | None:
    """Count those whom a marketing mail would reach now; None when that takes long."""
    sql, params = seen
    rule, values = reaching.reached()
    readers = (f"({sql}) AND {rule}", [*params, *values])
    return _count(tree, now, readers, LONGEST_REACHED, reaching.readers())


def some(tree: Any, now: datetime, seen: Seen, *, size: int, skip: int) -> list[int]:
    """Return some contacts a filter means, newest first."""
    found = filters.compile(tree, now=now)
    with within_time(too_slow), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql} AND ({seen[0]})"  # noqa: S608
            " ORDER BY c.created_at DESC, c.id DESC LIMIT %s OFFSET %s",
            [*found.params, *seen[1], size, skip],
        )
        return [row[0] for row in cursor.fetchall()]


def _walk(tree: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield place, tree
    for kind in GROUPS:
        for number, part in enumerate(tree.get(kind, ())):
            yield from _walk(part, f"{place}.{kind}.{number}")


def _count(
    tree: Any, now: datetime, seen: Seen, milliseconds: int, what: str = "count(*)"
) -> int | None:
    found = filters.compile(tree, now=now)
    statement = f"SELECT {what} FROM contact c {found.joins} WHERE {found.sql} AND ({seen[0]})"  # noqa: S608
    try:
        with within_time(None, max(1, milliseconds)), connection.cursor() as cursor:
            cursor.execute(statement, [*found.params, *seen[1]])
            return int(cursor.fetchone()[0])
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
    return None
