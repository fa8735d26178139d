"""Celery's entry points: look at a queue, and the tick that finds what nobody hinted at."""

import time
from contextlib import suppress

from celery import shared_task
from kombu.exceptions import OperationalError

from kernel import clock
from kernel.queues import hint, queues, taken
from kernel.schedule import run_due

# A task works this long, then hands over, so that a worker is never busy with one queue for ever.
STINT_SECONDS = 10
# Far below the silence after which the supervisor starts a worker again.
ASK_SECONDS = 15
_asked = 0.0


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
    _ask_hands()


@shared_task(name="kernel.answer", ignore_result=True)
def answer() -> None:
    """Do nothing: that a worker received this is the pulse of an idle one."""


def _ask_hands() -> None:
    """Send every kind of worker something to receive, so that one that hangs is noticed."""
    global _asked
    if time.monotonic() - _asked < ASK_SECONDS:
        return
    _asked = time.monotonic()
    for hands in {kind.hands for kind in queues}:
        with suppress(OperationalError):
            answer.apply_async(queue=hands, retry=False, expires=ASK_SECONDS)
