"""A pulse: a process shows that it gets on by touching a file, which whoever watches it reads."""

import time
from contextlib import suppress
from pathlib import Path

EVERY_SECONDS = 1.0


class Pulse:
    """The pulse of this process; without a file nobody watches."""

    def __init__(self) -> None:
        self._file: Path | None = None
        self._shown = 0.0

    def show_in(self, file: Path) -> None:
        """Name the file; from now on the process is watched."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch()
        self._file = file

    def beat(self) -> None:
        """Say that this process got on; cheap enough for every round of a loop."""
        now = time.monotonic()
        if self._file is None or now - self._shown < EVERY_SECONDS:
            return
        self._shown = now
        with suppress(OSError):  # a full disk is not a reason to be started again
            self._file.touch()


pulse = Pulse()
