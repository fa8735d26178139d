"""Runs everything that workers would do, in this process, until nothing is left to do."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from kernel import clock
from kernel.dispatcher import Dispatcher
from kernel.queues import WorkQueue, queues

ROUNDS = 200


def settle(now: datetime | None = None) -> None:
    """Drain change sets and work on every due queue, again and again until all is quiet."""
    hands = [_dispatching(), *(_working(kind()) for kind in queues)]
    # Whoever found nothing to do need not look again unless another did something since.
    quiet = 0
    for _round in range(ROUNDS):
        for hand in hands:
            # Anew for each: what one made due just now, the next one shall see.
            quiet = 0 if hand(now or clock.now()) else quiet + 1
            if quiet == len(hands):
                return
    raise AssertionError(f"Still busy after {ROUNDS} rounds: {_left()}")


def _dispatching() -> Callable[[datetime], bool]:
    dispatcher = Dispatcher()

    def dispatch(moment: datetime) -> bool:
        dispatcher.forget()
        return bool(dispatcher.round(moment))

    return dispatch


def _working(queue: WorkQueue) -> Callable[[datetime], bool]:
    def work(moment: datetime) -> bool:
        busy = False
        while queue.due(moment) and queue.work(moment):
            busy = True
        return busy

    return work


def _left() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(depth) FROM change")
        return f"{cursor.fetchone()} change sets"
