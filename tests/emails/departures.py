"""When mails are let go, as decided at the door: how busy the machine is makes no difference."""

import threading
import time

from tests.smtp_sink import Sink


class Departures:
    """Stands in for the clock of the door: tells the time, and notes until when each waits."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._read = threading.local()
        self._ahead = time.time() - time.monotonic()

    def monotonic(self) -> float:
        self._read.now = time.monotonic()
        return self._read.now

    def sleep(self, seconds: float) -> None:
        self.times.append(self._read.now + seconds)
        time.sleep(seconds)

    def crowd(self, seconds: float) -> int:
        """Return the most mails in any window."""
        return max(
            sum(1 for at in self.times if start <= at < start + seconds) for start in self.times
        )

    def hold_for(self, sink: Sink) -> bool:
        """Say whether each mail that arrived was let go, and none before."""
        arrivals = sorted(mail.at - self._ahead for mail in sink.mails)
        pairs = zip(arrivals, sorted(self.times), strict=True)
        return all(arrived >= left - 0.01 for arrived, left in pairs)
