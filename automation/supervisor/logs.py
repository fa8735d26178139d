"""Output of one child: every line to its rotated file, errors to the terminal too."""

import os
import re
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

LARGEST_FILE = 10 * 2**20
KEPT_FILES = 3
LONGEST_LINE = 64 * 1024
# At most so many lines of one child on the terminal in ten seconds.
SHOWN_LINES = 5

ALARMS = re.compile(rb"^\W*(ERROR|CRITICAL|FATAL|PANIC)\b")
# PostgreSQL logs as ERROR what its client handles (a duplicate key, a statement cancelled).
SERVER_ALARMS = re.compile(
    rb"\bPANIC:|\bFATAL:(?!  the database system is|  terminating conn)|out of memory|No space left"
)


class ChildLog:
    """The read end of a child's output."""

    def __init__(self, name: str, folder: Path, show: Callable[[str], None]) -> None:
        self.name = name
        self.path = folder / f"{name}.log"
        self.tail: deque[bytes] = deque(maxlen=30)
        self._alarms = SERVER_ALARMS if name in {"postgres", "valkey"} else ALARMS
        self._show = show
        self._shown: deque[float] = deque(maxlen=SHOWN_LINES)
        self._rest = b""
        self._open()

    def write(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._keep(line)

    def finish(self) -> None:
        if self._rest:
            self.write(b"\n")

    def close(self) -> None:
        self.finish()
        self._file.close()

    def last_lines(self, count: int = 15) -> str:
        return b"\n".join(list(self.tail)[-count:]).decode(errors="replace")

    def _keep(self, line: bytes) -> None:
        self.tail.append(line)
        if self._file.tell() > LARGEST_FILE:
            self._rotate()
        # The supervisor's own clock: its lines must not move with a test clock.
        moment = datetime.fromtimestamp(time.time(), UTC).isoformat(" ", "milliseconds")
        self._file.write(f"{moment[:-6]} [{self.name}] ".encode() + line + b"\n")
        if self._alarms.search(line):
            self._alarm(line)

    def _alarm(self, line: bytes) -> None:
        now = time.monotonic()
        if len(self._shown) == SHOWN_LINES and now - self._shown[0] < 10:
            return
        self._shown.append(now)
        text = line.decode(errors="replace")[:300]
        self._show(f"[{self.name}] {text}   (more in {self.path})")

    def _open(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = open(descriptor, "ab", buffering=0)  # noqa: SIM115  (kept open)

    def _rotate(self) -> None:
        self._file.close()
        for number in range(KEPT_FILES - 1, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            if older.exists():
                older.replace(self.path.with_name(f"{self.path.name}.{number + 1}"))
        self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        self._open()
