"""`dispatch`: the process that drains change sets."""

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from kernel import clock
from kernel.dispatcher import Dispatcher
from kernel.pulse import pulse
from kernel.queues import hint

IDLE_SECONDS = 0.05
FORGET_SECONDS = 3.0


class Command(BaseCommand):
    """Loops while there is work, else looks every 50 ms."""

    help = "Drain change sets and let the apps react to them."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop."""
        self.running = True
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        dispatcher, forget_at = Dispatcher(), 0.0
        while self.running:
            pulse.beat()
            if time.monotonic() > forget_at:
                dispatcher.forget()
                forget_at = time.monotonic() + FORGET_SECONDS
            if not self.turn(dispatcher):
                time.sleep(IDLE_SECONDS)

    def turn(self, dispatcher: Dispatcher) -> int:
        """Do one round; a database that is away is waited for."""
        try:
            handled = dispatcher.round(clock.now())
        except OperationalError as error:
            self.stderr.write(f"The database does not answer: {error}")
            connection.close()
            time.sleep(1)
            return 0
        while dispatcher.wake:
            hint(dispatcher.wake.pop())
        return handled

    def stop(self, *_signal: Any) -> None:
        """Finish the round and leave."""
        self.running = False
