"""`spool`: the process that copies hits to PostgreSQL every 200 ms."""

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, connection

from kernel.pulse import pulse
from tracking.leftovers import Caretaker
from tracking.spooler import copy_all

PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    """Copies until told to stop; a database that is away is waited for."""

    help = "Copy hits from the local spool to PostgreSQL."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop."""
        self.running = True
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        caretaker = Caretaker()
        while self.running:
            pulse.beat()
            try:
                copy_all()
                caretaker.look()
            except Error as error:
                self.stderr.write(f"The database does not answer: {error}")
                connection.close()
                time.sleep(1)
            except OSError as error:
                # A full disk: lines that are to be set aside have no place yet.
                self.stderr.write(f"The spool cannot be written to: {error}")
                time.sleep(1)
            time.sleep(PAUSE_SECONDS)

    def stop(self, *_signal: Any) -> None:
        """Finish the file and leave."""
        self.running = False
