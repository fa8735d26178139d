"""Celery's entry points: look at a queue, and the tick that finds what nobody hinted at."""

import time

from celery import shared_task

from kernel import clock
from kernel.queues import hint, queues, taken
from kernel.schedule import run_due

# A task works this long, then hands over, so that a worker is never busy with one queue for ever.
STINT_SECONDS = 10


@shared_task(name="kernel.work", ignore_result=True)
def work(key: str) -> None:
    """Work on a queue until nothing is due or the stint is over."""
    kind = queues.get(key)
    if kind is None:
        return
    taken(key)
    queue, end = kind(), time.monotonic() + STINT_SECONDS
    while queue.work(clock.now()):
        if time.monotonic() > end:
            hint(key)
            return


@shared_task(name="kernel.tick", ignore_result=True)
def tick() -> None:
    """Start the jobs whose time has come, and wake every queue with due rows."""
    now = clock.now()
    run_due(now)
    for kind in queues:
        if kind().due(now):
            hint(kind.key)
