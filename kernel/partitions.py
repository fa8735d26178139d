"""Partitions of the event table: one per retention class and month, made before they are needed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection, transaction

from kernel import clock
from kernel.locks import PARTITION_LOCK, share_lock, wait_lock

# What is told afterwards reaches this far back: each month has tables of its own.
OLDEST = timedelta(days=10 * 366)
# The second number of the lock: making months, and dropping them.
MAKING, DROPPING = 1, 2
CLASSES = {1: "web", 2: "message", 3: "record"}
# Partitions known to be committed, and those a rollback of ours could still take back.
_made: set[tuple[str, int, int]] = set()
_tentative: set[tuple[str, int, int]] = set()
_refused: ContextVar[bool] = ContextVar("none_made", default=False)
# Months younger than this are never dropped, so that what is known of them stays true.
KEPT_AT_LEAST = timedelta(days=62)
# A month counts as made when each class has its table: some may have been dropped.
EXISTS = "SELECT count(to_regclass(name)) = 3 FROM unnest(%s::text[]) name"


def ensure_partitions(instants: Iterable[datetime]) -> None:
    """Make the partitions that events at these instants go to."""
    months = {(instant.astimezone(UTC).year, instant.astimezone(UTC).month) for instant in instants}
    database = str(connection.settings_dict["NAME"])
    for key in sorted((database, *month) for month in months):
        if key in _made:
            continue
        if _refused.get():
            if not have_room(datetime(key[1], key[2], 1, tzinfo=UTC)):
                raise NoRoom
            continue
        if _droppable(key):
            # Whoever drops months waits until what is written into this one is committed.
            share_lock(PARTITION_LOCK, DROPPING)
        if _make(key[1], key[2]):
            _tentative.add(key)
            transaction.on_commit(partial(_keep, key))
        elif key not in _tentative and not _droppable(key):
            _made.add(key)


def have_room(instant: datetime) -> bool:
    """Say whether events at this instant have partitions to go to."""
    instant = instant.astimezone(UTC)
    return _exists(instant.year, instant.month)


def _exists(year: int, month: int) -> bool:
    names = [f"event_{name}_{year:04}_{month:02}" for name in CLASSES.values()]
    with connection.cursor() as cursor:
        cursor.execute(EXISTS, [names])
        return bool(cursor.fetchone()[0])


def _droppable(key: tuple[str, int, int]) -> bool:
    return _shift(datetime(key[1], key[2], 1, tzinfo=UTC), 1) < clock.now() - KEPT_AT_LEAST


class NoRoom(Exception):  # noqa: N818 - reads as what it says
    """Events would need partitions that must not be made here."""


@contextmanager
def none_made() -> Iterator[None]:
    """Refuse to make partitions inside: that would lock the whole log until the end of it all."""
    token = _refused.set(True)
    try:
        yield
    finally:
        _refused.reset(token)


def nearest_room(instant: datetime) -> datetime:
    """Return the instant at which to write an event: now, where its month must not be made."""
    return clock.now() if _refused.get() and not have_room(instant) else instant


def _keep(key: tuple[str, int, int]) -> None:
    """Ask no more about a partition of ours once it is committed."""
    _tentative.discard(key)
    if not _droppable(key):
        _made.add(key)


def forget() -> None:
    """Look again at what exists: the database was exchanged."""
    _made.clear()
    _tentative.clear()


def ensure_ahead(now: datetime, months: int = 3) -> None:
    """Make this month's partitions and those of the next months."""
    ensure_partitions(_shift(now, ahead) for ahead in range(months + 1))


def _shift(instant: datetime, months: int) -> datetime:
    years, month = divmod(instant.month - 1 + months, 12)
    return datetime(instant.year + years, month + 1, 1, tzinfo=UTC)


def _make(year: int, month: int) -> bool:
    start = datetime(year, month, 1, tzinfo=UTC)
    # The lock lasts as long as its transaction: two makers would both find nothing otherwise.
    with transaction.atomic(), connection.cursor() as cursor:
        if _exists(year, month):
            return False
        wait_lock(PARTITION_LOCK, MAKING)
        for name in CLASSES.values():
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS event_{name}_{year:04}_{month:02}"
                f" PARTITION OF event_{name} FOR VALUES FROM (%s) TO (%s)"
                " WITH (autovacuum_vacuum_insert_scale_factor = 0.05)",
                [start, _shift(start, 1)],
            )
    return True
