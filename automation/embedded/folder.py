"""The data folder: what lies where, its secrets, and the lock of whoever serves it."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from automation.embedded.trouble import Trouble

LOCK_PATIENCE = 20.0
LONGEST_SOCKET = 90  # the kernel allows 107 bytes, file name included


@dataclass(frozen=True)
class DataFolder:
    """Everything one installation keeps, unless its servers are elsewhere."""

    path: Path

    def make(self) -> None:
        try:
            # Others may pass through, so that PostgreSQL can run as another user; files inside
            # that hold anything are closed themselves.
            self.path.mkdir(parents=True, exist_ok=True, mode=0o711)
            self.logs.mkdir(exist_ok=True, mode=0o700)
            (self.path / "staticfiles").mkdir(exist_ok=True)
        except OSError as error:
            message = f"The data folder cannot be made: {error}."
            raise Trouble(message) from error

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def test_clock(self) -> Path:
        return self.path / "test-clock"

    @property
    def pulse(self) -> Path:
        """One file for each process that shows that it gets on."""
        return self.path / "pulse"

    @property
    def state(self) -> Path:
        """Written by `up` when all answers: addresses for other commands."""
        return self.path / "running.json"

    @property
    def sockets(self) -> Path:
        inside = self.path / "run"
        if len(bytes(inside)) <= LONGEST_SOCKET:
            return inside
        short = hashlib.sha256(bytes(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"relais-{os.getuid()}-{short}")

    def secrets(self) -> dict[str, object]:
        """Read what was generated for this folder, or generate it now."""
        file = self.path / "secrets.json"
        if file.exists():
            stored: dict[str, object] = json.loads(file.read_text())
            return stored
        made: dict[str, object] = {
            "secret_key": secrets.token_urlsafe(50),
            "link_keys": {"1": secrets.token_urlsafe(32)},
        }
        self.keep_secrets(made)
        return made

    def keep_secrets(self, content: dict[str, object]) -> None:
        self.write_private("secrets.json", content)

    def write_private(self, name: str, content: dict[str, object]) -> None:
        """Write a file whole or not at all, for this user's eyes."""
        new = self.path / f"{name}.new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, indent=2)
        new.replace(self.path / name)

    def try_lock(self, what: str) -> IO[str] | None:
        """Take the folder for this process; None if another process has it."""
        # Kept open as long as we run; the kernel gives the lock back when we end, however.
        file = open(self.path / "lock", "a+")  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})")
        file.flush()
        return file

    @contextlib.contextmanager
    def locked(self, what: str) -> Iterator[IO[str]]:
        """Hold the folder for a block, after a short wait for whoever is just ending."""
        until = time.monotonic() + LOCK_PATIENCE
        while not (lock := self.try_lock(what)):
            holder = (self.path / "lock").read_text()
            if (self.state.exists() and _lives(holder)) or time.monotonic() > until:
                raise Trouble(
                    f"{holder or 'Another command'} already uses the data folder {self.path}.\n"
                    "End it first, or start here with another folder: --data DIR."
                )
            time.sleep(0.1)
        with lock:
            yield lock


def find_folder(named: str | None) -> DataFolder:
    """Find the folder named on the line or in the environment, else the one of this checkout."""
    named = named or os.environ.get("RELAIS_DATA")
    return DataFolder(
        called_from(named) if named else Path(__file__).resolve().parents[2] / ".data"
    )


def called_from(named: str) -> Path:
    """Read a path as the person meant it: ./dev itself works in the checkout."""
    return Path(os.environ.get("RELAIS_CALLED_FROM") or ".", named).resolve()


def _lives(holder: str) -> bool:
    """Tell whether the process that wrote its number into the lock is still there.

    A supervisor killed by force leaves the lock to its keeper, which ends the rest first.
    """
    number = re.search(r"process (\d+)", holder)
    if number:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(number.group(1)), 0)
            return True
    return False
