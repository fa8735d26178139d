"""What stays behind on the spool: lines set aside for a look, and counts of dropped hits."""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tracking.seldom import Seldom
from tracking.spool import BAD, DROPPED, folder

logger = logging.getLogger(__name__)
# Strangers can write lines that nobody can digest: they are kept for a look, not for good.
KEPT_SECONDS = 14 * 24 * 3600
CAP_BYTES = 32 * 1024 * 1024
EVERY_SECONDS = 60.0
_indigestible = Seldom(logger, "%s lines of the spool were set aside as *.bad.")
_lost = Seldom(logger, "%s hits were dropped, since the spool was full or could not be written.")


def set_aside(path: Path, lines: Sequence[str]) -> None:
    """Keep lines of a file beside it, with their errors."""
    path.with_suffix(BAD).write_text("\n".join(lines) + "\n", encoding="utf-8")
    _indigestible.count(len(lines))


class Caretaker:
    """Looks after a spool once a minute, for the spooler."""

    def __init__(self) -> None:
        self._next = 0.0
        self._dropped: dict[str, int] = {}

    def look(self) -> None:
        """Delete what was kept long enough or is too much; tell of drops since the last look."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        _lost.count(self._newly_dropped())
        room = CAP_BYTES
        # Names begin with the time: the latest are kept.
        for path in sorted(folder().iterdir(), reverse=True):
            if path.suffix != BAD and path.stem != DROPPED:
                continue
            with suppress(FileNotFoundError):
                file = path.stat()
                room -= file.st_size
                # Files carry real time, whatever the test clock says.
                if room < 0 or time.time() - file.st_mtime > KEPT_SECONDS:
                    path.unlink()

    def _newly_dropped(self) -> int:
        """Sum the counts of all processes; a number used again starts anew."""
        total = 0
        for path in folder().glob(f"{DROPPED}.*"):
            with suppress(FileNotFoundError, ValueError):
                count = int(path.read_text(encoding="ascii"))
                before = self._dropped.get(path.name, 0)
                total += count - before if count >= before else count
                self._dropped[path.name] = count
        return total
