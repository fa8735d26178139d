"""REL-01: real workers die in the middle of a broadcast, and the broker forgets everything."""

import random
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from emails.models import Send, State
from kernel import clock
from kernel.invariants import broken
from tests.faults.senders import arrived, broadcast, ends, rest, sending, until
from tests.faults.size import size
from tests.smtp_sink import Rule

RECIPIENTS, KILLS, WORKERS = size(2_000, 10_000), size(6, 20), size(2, 4)
# What one worker may have begun and not yet written down.
IN_DOUBT = 25
pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_gets_two_nobody_is_lost_and_doubt_is_listed(test_clock):
    with sending([Rule("", "slow", "0.05")]) as (workers, sink):
        run = broadcast(RECIPIENTS)
        for _worker in range(WORKERS):
            workers.start()
        drawn = random.Random(KILLS)
        for number in range(KILLS):
            until(sink, len(sink.mails) + drawn.randint(40, 160), run, seconds=60)
            run.refresh_from_db()
            assert run.finished_at is None, "The run ended before all kills: use a slower server."
            workers.kill_the_oldest()
            workers.start()
            if number == KILLS // 2:
                redis.Redis.from_url(settings.REDIS_URL).flushall()
        rest(sink, run)
        # What a slow worker still has in hand is not in doubt: only the dead's leases may end.
        workers.replace()
        clock.move(timedelta(minutes=10))
        until(sink, RECIPIENTS + 1, run, seconds=120)
        run.refresh_from_db()
    assert run.state == Send.State.DONE
    got, states = arrived(sink), ends()
    assert [address for address, times in got.items() if times > 1] == []
    assert set(states) <= {State.SENT, State.UNCERTAIN}
    assert sum(states.values()) == RECIPIENTS
    assert states[State.UNCERTAIN] <= KILLS * IN_DOUBT
    # Whoever is listed as sent has the mail; the others with a mail are listed as uncertain.
    assert states[State.SENT] <= len(got) <= RECIPIENTS
    assert len(got) - states[State.SENT] <= states[State.UNCERTAIN]
    assert broken(lambda name: name.startswith("emails.")) == []
