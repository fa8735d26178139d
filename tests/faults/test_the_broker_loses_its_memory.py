"""REL-46, REL-47: Redis holds only hints; workers find their way back to it."""

import signal
import time

from tests.faults.size import size
from tests.faults.stream import Stream

FLUSHES, RESETS, AWAY = size(4, 40), size(4, 20), size(3, 60)


def test_a_forgetful_broker_loses_nobody(house, sink):
    """REL-46: emptied in the middle of everything."""
    with Stream(house, sink) as stream:
        for _time in range(FLUSHES):
            stream.grow(15)
            house.broker().flushall()
    stream.arrive()


def test_cut_connections_are_made_again(house, sink):
    """REL-47: all connections to the broker are reset, again and again."""
    with Stream(house, sink) as stream:
        for _time in range(RESETS):
            stream.grow(10)
            for kind in ("normal", "pubsub"):
                house.broker().execute_command("CLIENT", "KILL", "TYPE", kind)
    stream.arrive()


def test_writing_goes_on_while_the_broker_does_not_answer(house, sink):
    """REL-46: what was acknowledged meanwhile is found when it is back."""
    with Stream(house, sink, pause=0.1) as stream:
        stream.grow(5)
        assert house.kill("valkey-server", signal.SIGSTOP) == 1
        try:
            stream.grow(3)
            time.sleep(AWAY)
        finally:
            house.kill("valkey-server", signal.SIGCONT)
    stream.arrive()
