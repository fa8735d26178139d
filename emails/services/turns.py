"""Keeps the turns that a claim was given: nobody goes early, late ones never in a bunch."""

import threading
import time
from dataclasses import dataclass

# Seconds a mail may be late; then its turn is lost, since the next ones are others' already.
PATIENCE = 0.25


@dataclass(frozen=True, slots=True)
class Turn:
    """When a mail may go, by the monotonic clock, and how far apart mails of its lanes are."""

    at: float
    lanes: tuple[tuple[str, float], ...]
    patience: float = PATIENCE


class Door:
    """Lets the mails of one process out, each at its turn."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def waits(self, turn: Turn | None) -> bool:
        """Wait for a turn; say whether it was not missed."""
        if turn is None:
            return True
        with self._lock:
            now = time.monotonic()
            goes = max([now, turn.at, *(self._next.get(lane, 0.0) for lane, _apart in turn.lanes)])
            if goes - turn.at > turn.patience:
                return False
            self._next.update((lane, goes + apart) for lane, apart in turn.lanes)
        time.sleep(max(goes - now, 0.0))
        return True
