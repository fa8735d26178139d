"""Pulses of Celery's processes: a worker that receives or works, a beat that publishes."""

import threading
import time
from typing import Any

from celery.signals import (
    after_task_publish,
    beat_init,
    task_postrun,
    task_prerun,
    task_received,
    worker_init,
)

from kernel.pulse import pulse

LOOK_EVERY = 5.0
# Celery's hard limit of a task ends what takes longer; whoever outlives it hangs.
LONGEST_TASK = 330.0


class Hands:
    """The task this process has in hand; long ones are a pulse too, since nobody receives then."""

    def __init__(self) -> None:
        self.since: float | None = None
        self._thread: threading.Thread | None = None

    def take(self, **_signal: Any) -> None:
        self.since = time.monotonic()
        # Made late: threads do not live on in the children a worker forks.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._watch, name="pulse", daemon=True)
            self._thread.start()

    def free(self, **_signal: Any) -> None:
        self.since = None
        pulse.beat()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            since = self.since
            if since is not None and time.monotonic() - since < LONGEST_TASK:
                pulse.beat()


hands = Hands()


@worker_init.connect
def watch_worker(**_signal: Any) -> None:
    task_received.connect(_beat)
    task_prerun.connect(hands.take)
    task_postrun.connect(hands.free)


@beat_init.connect
def watch_beat(**_signal: Any) -> None:
    after_task_publish.connect(_beat)


def _beat(**_signal: Any) -> None:
    pulse.beat()
