"""Two hundred changes a second beside a dispatcher: how long until members are right."""

import os
import random
import signal
import time
from datetime import datetime

from django.db import connection, transaction

from kernel import changes, clock, events
from kernel.changes import Changes
from kernel.dispatcher import Dispatcher
from kernel.subscribers import Subscriber, subscribers
from tests.bench.population import TYPES

SECONDS, A_SECOND = 20.0, 200
IDLE_SECONDS = 0.05


class Noted(Subscriber):
    """Comes after the segments: what it is told of, their members know."""

    key = "bench.noted"
    label = "Noted"
    order = 60

    def react(self, changed: Changes, now: datetime) -> None:
        if changed.depth == 0:
            _told.extend(one.occurred_at for one in changed.changes if one.occurred_at)


_told: list[datetime] = []


def latencies(contacts: int) -> list[float]:
    """Return, ascending, the seconds from each event to the commit of its reaction."""
    subscribers.register(Noted)
    found: list[float] = []
    connection.close()
    writer = _fork(contacts)
    try:
        dispatcher, ends = Dispatcher(), time.monotonic() + SECONDS
        while time.monotonic() < ends:
            _told.clear()
            handled = dispatcher.round(clock.now())
            # A round may commit several lanes: the last of them is what counts here.
            found += [(clock.now() - at).total_seconds() for at in _told]
            dispatcher.forget()
            if not handled:
                time.sleep(IDLE_SECONDS)
    finally:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        subscribers._entries.pop(Noted.key)
    # The first seconds prepare the packs.
    return sorted(found[len(found) // 10 :])


def _fork(contacts: int) -> int:
    child = os.fork()
    if child:
        return child
    rng, began, written = random.Random(1), time.monotonic(), 0
    try:
        while True:
            while written < (time.monotonic() - began) * A_SECOND:
                _change(rng, rng.randint(1, contacts))
                written += 1
            time.sleep(0.005)
    finally:
        os._exit(1)


def _change(rng: random.Random, contact: int) -> None:
    """Half of them something done, half of them a field; each its own transaction."""
    now = clock.now()
    if rng.random() < 0.5:
        events.record(rng.choice(TYPES), [events.Fact(contact, now)], now=now)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contact SET attrs = attrs || jsonb_build_object('n0', %s::int, 's0', %s)"
            " WHERE id = %s",
            [rng.randint(0, 99), rng.choice(("free", "pro", "team")), contact],
        )
        changes.announce([contact], ["field:n0", "field:s0"])
