"""Engines as processes of their own, killed by force while they work."""

import os
import random
import signal
import time
from datetime import datetime

from django.db import connection

from campaigns.models import Step, StepLog, StepState
from campaigns.services.advancing import advance
from kernel.dispatcher import Dispatcher

ENGINES = 5
# A machine under load may leave all engines waiting; a kill then comes without progress.
PATIENCE = 5.0


class Engines:
    """Five engines and dispatchers beside each other, until they are stopped."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        # A child must not share the parent's connection.
        connection.close()
        self.pids = [self._start() for _number in range(ENGINES)]

    def kill_one(self, drawn: random.Random) -> None:
        """Kill one by force, and start another."""
        victim = drawn.randrange(len(self.pids))
        _kill(self.pids[victim])
        connection.close()
        self.pids[victim] = self._start()

    def stop(self) -> None:
        """Kill all that are left, by force too."""
        for pid in self.pids:
            _kill(pid)

    def _start(self) -> int:
        child = os.fork()
        if child:
            return child
        try:
            dispatcher = Dispatcher()
            while True:
                moved, _wake = advance(self.moment)
                moved += dispatcher.round(self.moment)
                dispatcher.forget()
                if not moved:
                    time.sleep(0.01)
        finally:
            os._exit(1)


def kill_while_working(moment: datetime, kills: int, steps: int, drawn: random.Random) -> int:
    """Kill engines at random between so many steps; return how often work was left over."""
    engines, interrupted = Engines(moment), 0
    try:
        for _kill_number in range(kills):
            _wait_for(drawn.randint(0, 2 * steps // kills))
            engines.kill_one(drawn)
            interrupted += Step.objects.filter(
                state__in=[StepState.DUE, StepState.REGISTERING], due_at__lte=moment
            ).exists()
    finally:
        engines.stop()
    return interrupted


def _wait_for(steps: int) -> None:
    begun, until = StepLog.objects.count(), time.monotonic() + PATIENCE
    while StepLog.objects.count() < begun + steps and time.monotonic() < until:
        if not Step.objects.filter(state=StepState.DUE).exists():
            return
        time.sleep(0.005)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
