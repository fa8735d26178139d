"""Somebody who locks what forgetting locks, the other way round: the server ends the other one."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# Other databases of the server are none of ours.
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
  AND datname = current_database() AND pid <> pg_backend_pid()"""
PATIENCE_SECONDS = 30


def until_somebody_waits(look: Callable[[], None] | None = None) -> None:
    """Return when somebody waits for a lock in this database; `look` may raise before."""
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while True:
            # A transaction goes on seeing what it saw of the server's activity first.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            if look is not None:
                look()
            assert time.monotonic() < until, "Nobody waits for a lock."
            time.sleep(0.02)


@contextmanager
def victim(person: int) -> Iterator[None]:
    """Let whoever forgets this person inside be the victim of a deadlock, once."""
    held = threading.Event()

    def collide() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '20s'")
            cursor.execute("SELECT 1 FROM contact_state WHERE contact_id = %s FOR UPDATE", [person])
            held.set()
            until_somebody_waits()
            cursor.execute("SELECT 1 FROM contact WHERE id = %s FOR UPDATE", [person])
        connection.close()

    other = threading.Thread(target=collide)
    other.start()
    held.wait(10)
    try:
        yield
    finally:
        other.join()
