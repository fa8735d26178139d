"""REL-49: every process is asked to end, again and again, as a deployment does."""

import signal

from tests.faults.size import size
from tests.faults.stream import Stream
from tests.installation import wait_for

ROUNDS = size(2, 20)
PROCESSES = [
    "sender",
    "pusher",
    "worker",
    "jobs",
    "dispatcher",
    "spooler",
    "urgent",
    "ticker",
    "beat",
]


def test_who_is_asked_to_end_leaves_nothing_half_done(house, sink):
    names = [f"relais-{name}"[:15] for name in PROCESSES]
    with Stream(house, sink) as stream:
        for _round in range(ROUNDS):
            stream.grow(20)
            before = {name: set(house.processes(name)) for name in names}
            for name in names:
                assert house.kill(name, signal.SIGTERM), name

            def all_new(before=before) -> bool:
                return all(set(house.processes(name)) - before[name] for name in names)

            wait_for(all_new, lambda: names)
    stream.arrive()  # without a doubt, and without the clock being moved
