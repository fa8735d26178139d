"""Forks sending workers from one loaded process, as the supervisor does: `start` → its pid.

Run as `python -m tests.faults.nursery`; ends, with its children, when its input ends. With a file
as its argument, each mail that waits for its turn is noted there: until when, by whom, and in
which lanes.
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

WAITS = turns.Door.waits


class Noted(Departures):
    """Departures of several processes in one file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def waits(self, door: turns.Door, turn: turns.Turn | None) -> bool:
        self._read.lanes = ",".join(lane for lane, _apart in turn.lanes) if turn else ""
        return WAITS(door, turn)

    def sleep(self, seconds: float) -> None:
        until = self._read.now + seconds + self._ahead
        os.write(self._file, f"{until:.6f} {os.getpid()} {self._read.lanes}\n".encode())
        time.sleep(seconds)


def main() -> None:
    load_everything()
    if len(sys.argv) > 1:
        noted = turns.time = Noted(sys.argv[1])
        turns.Door.waits = lambda door, turn: noted.waits(door, turn)
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
