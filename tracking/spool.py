"""The local spool: hits are lines in files of this machine first, so they answer at once.

A process appends to a file of its own, locked as long as it is named open; every 200 ms the file
is closed under its final name, and the spooler copies it to PostgreSQL. With the database away
hits are kept until the cap, then dropped and counted. Names begin with the milliseconds of the
first line, then which file of its writer it is: their order is the order of the lines.
"""

import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from kernel import clock
from tracking.seldom import Seldom

logger = logging.getLogger(__name__)
SYNC_SECONDS = 0.02
ROTATE_SECONDS = 0.2
CAP_BYTES = 512 * 1024 * 1024
LINE_BYTES = 16_384
NEW, OPEN, READY, BAD = ".new", ".open", ".ready", ".bad"
DROPPED = "dropped"
_unwritable = Seldom(logger, "The spool could not be written to, %s times.")
_too_long = Seldom(logger, "%s hits were refused as too long.")


@dataclass(frozen=True, slots=True)
class Line:
    """One hit: its own id, what it is, when it came in, and what it says."""

    id: str
    kind: str
    at: datetime
    data: dict[str, Any]


Handler = Callable[[list[Line], datetime], None]
handlers: dict[str, Handler] = {}
# What is off the spool and not yet an event: each returns when the oldest of it happened.
waits: list[Callable[[], datetime | None]] = []


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Declare who turns lines of a kind into events, in batches and set-based; a decorator."""

    def keep(handler: Handler) -> Handler:
        handlers[kind] = handler
        return handler

    return keep


def folder() -> Path:
    """Return the spool's folder, made when missing."""
    path = Path(settings.RELAIS_DATA or settings.BASE_DIR / ".data") / "spool"
    path.mkdir(parents=True, exist_ok=True)
    return path


class Writer:
    """One process's end of the spool; safe for threads, started anew after a fork."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pid = 0
        self.file: int | None = None
        self.path = Path()
        self.opened = 0.0
        self.dirty = False
        self.size = 0
        self.files = 0
        self.dropped = 0

    def append(self, line: bytes) -> bool:
        """Write a line; False when the spool is full and the hit was dropped."""
        with self.lock:
            if self.pid != os.getpid():
                self._begin()
            if self.size + len(line) > CAP_BYTES or not self._write(line):
                self._count_dropped()
                return False
            self.size += len(line)
            self.dirty = True
        return True

    def _write(self, line: bytes) -> bool:
        """Write a line whole; on a full disk it is taken back, and the visitor is answered."""
        try:
            if self.file is None:
                self._open()
            assert self.file is not None  # noqa: S101 - _open sets it
            before = os.fstat(self.file).st_size
            if os.write(self.file, line) == len(line):
                return True
            os.ftruncate(self.file, before)
        except OSError:
            _unwritable.count()
        return False

    def _count_dropped(self) -> None:
        self.dropped += 1
        with suppress(OSError):
            (folder() / f"{DROPPED}.{self.pid}").write_text(str(self.dropped), encoding="ascii")

    def _begin(self) -> None:
        self.pid, self.file, self.dirty = os.getpid(), None, False
        threading.Thread(target=self._keep, name="spool", daemon=True).start()

    def _open(self) -> None:
        # The test clock moves lines, not files: names are compared with real time by nobody
        # but `oldest`, which wants the time of the lines.
        self.files += 1
        name = f"{int(clock.now().timestamp() * 1000):013}-{self.files:010}-{uuid.uuid4().hex[:8]}"
        new, self.path = folder() / (name + NEW), folder() / (name + OPEN)
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # Locked before it bears the name of an open file: an open file without a lock is taken
        # for one whose writer is dead, and what is written after that would be lost.
        fcntl.flock(file, fcntl.LOCK_EX)
        new.rename(self.path)
        self.file = file
        self.opened = time.monotonic()

    def _keep(self) -> None:
        """Sync every 20 ms, close every 200 ms, weigh the folder every few seconds."""
        weigh_at = 0.0
        while self.pid == os.getpid():
            time.sleep(SYNC_SECONDS)
            with suppress(OSError):
                self._sync()
                if time.monotonic() > weigh_at:
                    self.size = weight()
                    weigh_at = time.monotonic() + 3

    def _sync(self) -> None:
        with self.lock:
            file = os.dup(self.file) if self.file is not None and self.dirty else None
            self.dirty = False
        if file is not None:
            os.fdatasync(file)
            os.close(file)
        with self.lock:
            if self.file is not None and time.monotonic() - self.opened > ROTATE_SECONDS:
                self.close()

    def close(self) -> None:
        """Give the file its final name, for the spooler to take; the caller holds the lock."""
        if self.file is not None:
            os.fdatasync(self.file)
            self.path.rename(self.path.with_suffix(READY))
            os.close(self.file)
            self.file = None


_writer = Writer()


def append(kind: str, data: dict[str, Any]) -> bool:
    """Put a hit on the spool and answer; False when it had to be dropped (and was counted)."""
    line = orjson.dumps(
        {"id": uuid.uuid4().hex, "kind": kind, "at": clock.iso(clock.now()), "data": data}
    )
    if len(line) > LINE_BYTES:
        _too_long.count()
        return False
    return _writer.append(line + b"\n")


def flush() -> None:
    """Close this process's file now, so that the spooler finds it; for tests and shutdown."""
    with _writer.lock:
        _writer.close()


def weight() -> int:
    """Return the bytes that wait in the spool; what was set aside waits for nobody."""
    total = 0
    for path in folder().iterdir():
        if path.suffix not in {OPEN, READY}:
            continue
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def waiting() -> list[Path]:
    """Return the files that may be copied, oldest first: closed ones, and those of the dead."""
    return [
        path
        for path in sorted(folder().iterdir())
        if path.suffix == READY or (path.suffix == OPEN and _orphaned(path))
    ]


def oldest() -> datetime | None:
    """Return when the oldest hit not yet in the database came in; None when there is none.

    No decision takes its no-path while this is before its due time.
    """
    names = [path.name for path in folder().iterdir() if path.suffix in {OPEN, READY}]
    held = [first for wait in waits if (first := wait()) is not None]
    if names:
        held.append(datetime.fromtimestamp(int(min(names)[:13]) / 1000, UTC))
    return min(held, default=None)


def _orphaned(path: Path) -> bool:
    """Say whether the writer of an open file is gone: its lock went with it."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return path.exists()
