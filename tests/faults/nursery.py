"""Forks sending workers from one loaded process, as the supervisor does: `start` → its pid.

Run as `python -m tests.faults.nursery`; ends, with its children, when its input ends.
"""

import os
import signal
import sys
import time
from contextlib import suppress

from automation.celery import app
from automation.prepare import load_everything


def main() -> None:
    load_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for _command in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _work()
        children.append(pid)
        print(pid, flush=True)  # noqa: T201
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _work() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    words = ["--queues=send", "--pool=solo", "--without-gossip", "--without-mingle"]
    words += [f"--hostname=sender{time.monotonic_ns()}@%h", "--loglevel=ERROR"]
    app.worker_main(["worker", *words])
    os._exit(0)


if __name__ == "__main__":
    main()
