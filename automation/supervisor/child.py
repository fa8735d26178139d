"""One thing the supervisor keeps alive: how it starts, how it is asked to end."""

import signal
from collections.abc import Callable
from dataclasses import dataclass

from automation.embedded.children import ChildProcess
from automation.supervisor.logs import ChildLog

Start = Callable[[int], ChildProcess]


@dataclass
class Child:
    """A child, its log, and how often it failed to stay."""

    name: str
    start: Start
    log: ChildLog
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15
    is_server: bool = False
    process: ChildProcess | None = None
    output: int | None = None
    started: float = 0
    failures: int = 0
    due: float | None = None

    @property
    def living(self) -> ChildProcess:
        """Its process; `RuntimeError` while it has none."""
        if self.process is None:
            message = f"{self.name} is not running"
            raise RuntimeError(message)
        return self.process
