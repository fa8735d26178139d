"""Whether children get on: alive is not enough, since a worker can live on without working.

Who shows a pulse (`kernel.pulse`) touches a file named after it; who has no file is not watched.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from automation.supervisor.child import Child

LOOKS_IN_PATIENCE = 30
# A gap between two looks as long as this means that the whole machine slept.
ASLEEP = 10.0


@dataclass
class Pulses:
    """The pulse files of one data folder.

    `answers` says whether what the children wait for is there at all: without a broker nobody has
    a pulse, and starting again would help nobody.
    """

    folder: Path
    answers: Callable[[], bool]
    patience: float = 60.0
    _looked: dict[str, float] = field(default_factory=dict)
    # The last pulse seen of each, and when by a clock that nobody sets.
    _beats: dict[str, tuple[int, float]] = field(default_factory=dict)
    _grace: float = 0.0

    def stopped(self, child: Child) -> bool:
        """Say whether a running child has not got on for longer than patience allows."""
        now = time.monotonic()
        last = self._looked.get(child.name, now)
        if child.name in self._looked and now - last < self.patience / LOOKS_IN_PATIENCE:
            return False
        self._looked[child.name] = now
        silent = self._silence(child.name, now)
        if now - last > ASLEEP:
            self._grace = now
        if now - max(child.started, self._grace) < self.patience:
            return False
        return silent >= self.patience and self.answers()

    def _silence(self, name: str, now: float) -> float:
        """Return for how long a pulse has not changed; who has no file is not watched."""
        try:
            beat = (self.folder / name).stat().st_mtime_ns
        except FileNotFoundError:
            return 0.0
        known = self._beats.get(name)
        if known is None or known[0] != beat:
            self._beats[name] = known = (beat, now)
        return now - known[1]
