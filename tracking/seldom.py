"""Tells the log seldom what strangers can cause as often as they like."""

import logging
import threading
import time

EVERY_SECONDS = 60.0


class Seldom:
    """Warns once a minute at most, with how often it happened since the last time."""

    def __init__(self, logger: logging.Logger, text: str) -> None:
        self._logger, self._text = logger, text
        self._lock = threading.Lock()
        self._number = 0
        self._next = 0.0

    def count(self, number: int = 1) -> None:
        """Count; `text` takes the number as its only argument. An error at hand is told with it."""
        with self._lock:
            self._number += number
            if not self._number or time.monotonic() < self._next:
                return
            told, self._number = self._number, 0
            self._next = time.monotonic() + EVERY_SECONDS
        self._logger.warning(self._text, told)
