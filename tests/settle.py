"""Runs everything that workers would do, in this process, until nothing is left to do."""

from datetime import datetime

from django.db import connection

from kernel import clock
from kernel.dispatcher import Dispatcher
from kernel.queues import queues

ROUNDS = 200


def settle(now: datetime | None = None) -> None:
    """Drain change sets, then work on every due queue, again and again until all is quiet."""
    dispatcher = Dispatcher()
    for _round in range(ROUNDS):
        moment = now or clock.now()
        dispatcher.forget()
        busy = dispatcher.round(moment)
        for kind in queues:
            queue = kind()
            while queue.due(moment) and queue.work(moment):
                busy += 1
        if not busy:
            return
    raise AssertionError(f"Still busy after {ROUNDS} rounds: {_left()}")


def _left() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(depth) FROM change")
        return f"{cursor.fetchone()} change sets"
