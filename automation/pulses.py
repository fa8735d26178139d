"""Pulses of Celery's processes: a worker that receives or works, a beat that publishes."""

import threading
import time
from typing import Any

from celery.signals import after_task_publish, beat_init, task_received, worker_ready
from celery.worker import state

from kernel.pulse import pulse

LOOK_EVERY = 5.0
# Celery's hard limit of a task ends what takes longer; whoever outlives it hangs.
LONGEST_TASK = 330.0


@worker_ready.connect
def watch_tasks_in_hand(**_signal: Any) -> None:
    """Receiving is a pulse; so is a long task, which keeps a worker from receiving."""
    task_received.connect(_beat)
    threading.Thread(target=_watch, name="pulse", daemon=True).start()


@beat_init.connect
def watch_ticks(**_signal: Any) -> None:
    after_task_publish.connect(_beat)


def _beat(**_signal: Any) -> None:
    pulse.beat()


def _watch() -> None:
    while True:
        time.sleep(LOOK_EVERY)
        since = time.time() - LONGEST_TASK
        if any((request.time_start or 0) > since for request in list(state.active_requests)):
            pulse.beat()
