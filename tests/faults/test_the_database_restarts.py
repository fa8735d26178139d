"""REL-48: PostgreSQL crashes under load; what was acknowledged stands, and happened once."""

import os
import signal

from tests.faults.size import size
from tests.faults.stream import Stream

CRASHES = size(2, 10)
# What one crash may leave in doubt: the mails in the hands of two senders.
IN_DOUBT = 2 * 25


def test_acknowledged_writes_survive_crashes_of_the_database(house, sink):
    lines = house.folder / "postgres" / "postmaster.pid"
    with Stream(house, sink) as stream:
        for _time in range(CRASHES):
            stream.grow(20)
            os.kill(int(lines.read_text().split("\n", 1)[0]), signal.SIGQUIT)
        stream.grow(20)
    house.later(600)  # mails in doubt are listed, leases of the dead are over
    stream.arrive(doubt=IN_DOUBT * CRASHES)
    house.manage("check_invariants")
