"""The data folder: what lies where, its secrets, and the lock of whoever serves it."""

import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from automation.embedded.trouble import Trouble

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
        new = self.path / "secrets.json.new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, indent=2)
        new.replace(self.path / "secrets.json")

    def try_lock(self) -> IO[str] | None:
        """Take the folder for this process; None if another process has it."""
        file = open(self.path / "lock", "a+")  # noqa: SIM115  (kept open as long as we run)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        return file
