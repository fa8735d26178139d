"""Somebody who locks what forgetting locks, the other way round: the server ends the other one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@contextmanager
def victim(person: int) -> Iterator[None]:
    """Let whoever forgets this person inside be the victim of a deadlock, once."""
    held = threading.Event()

    def collide() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '20s'")
            cursor.execute("SELECT 1 FROM contact_state WHERE contact_id = %s FOR UPDATE", [person])
            held.set()
            until = time.monotonic() + 10
            cursor.execute(WAITING)
            while not cursor.fetchone()[0] and time.monotonic() < until:
                time.sleep(0.02)
                cursor.execute(WAITING)
            cursor.execute("SELECT 1 FROM contact WHERE id = %s FOR UPDATE", [person])
        connection.close()

    other = threading.Thread(target=collide)
    other.start()
    held.wait(10)
    try:
        yield
    finally:
        other.join()
