"""Forks sending workers from one loaded process, as the supervisor does: `start` → its pid.

Run as `python -m tests.faults.nursery`; ends, with its children, when its input ends. With a file
as its argument, each mail that waits for its turn is noted there: until when, and by whom.
"""

import os
import signal
import sys
import time
from contextlib import suppress

from automation.celery import app
from automation.prepare import load_everything
from emails.services import turns
from tests.emails.departures import Departures


class Noted(Departures):
    """Departures of several processes in one file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def sleep(self, seconds: float) -> None:
        os.write(self._file, b"%.6f %d\n" % (self._read.now + seconds + self._ahead, os.getpid()))
        time.sleep(seconds)


def main() -> None:
    load_everything()
    if len(sys.argv) > 1:
        turns.time = Noted(sys.argv[1])
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
