"""REL-10: workers share the limits of sending, and who is killed leaves no turns for a burst."""

from bisect import bisect_left

import pytest

from emails.services.turns import PATIENCE
from kernel import preferences
from tests.faults.senders import broadcast, sending, until
from tests.faults.size import size

SECOND, MINUTE, SLOW = 20, 1_200, 5
KILLS, MAILS_BETWEEN = size(3, 40), size(25, 60)
pytestmark = pytest.mark.django_db(transaction=True)


def most(times: list[float], window: float) -> int:
    """Return the most in any window."""
    times = sorted(times)
    return max(bisect_left(times, at + window) - place for place, at in enumerate(times))


def test_no_second_and_no_minute_has_more_than_its_limit(test_clock, tmp_path):
    preferences.put(
        "emails.limits",
        {"*": {"second": SECOND, "minute": MINUTE}, "slow.example": {"second": SLOW}},
    )
    noted = tmp_path / "departures"
    with sending([], noted) as (workers, sink):
        run = broadcast((KILLS + 1) * MAILS_BETWEEN * 2, slow=KILLS * MAILS_BETWEEN)
        workers.start()
        workers.start()
        for _kill in range(KILLS):
            until(sink, len(sink.mails) + MAILS_BETWEEN, run, seconds=60)
            workers.kill_the_oldest()
            workers.start()
        until(sink, len(sink.mails) + MAILS_BETWEEN, run, seconds=60)
        mails = sink.mails
    assert len(mails) >= (KILLS + 1) * MAILS_BETWEEN
    departures = [line.split(maxsplit=2) for line in noted.read_text().splitlines()]
    assert len({pid for _at, pid, _lanes in departures}) >= KILLS
    let_go, arrived = sorted(float(at) for at, *_by in departures), [mail.at for mail in mails]
    # Nobody goes past the door; so the sink had no more than were let go, nor earlier.
    assert all(at >= left - 0.01 for at, left in zip(sorted(arrived), let_go, strict=False))
    for seconds in (1, 5):
        assert most(let_go, seconds) <= allowed(SECOND, seconds)
    assert most(let_go, 60) <= MINUTE * 1.05
    slow = [float(at) for at, _pid, lanes in departures if "slow.example" in lanes]
    assert len(slow) >= sum(mail.recipients[0].endswith("@slow.example") for mail in mails) > 0
    assert most(slow, 5) <= allowed(SLOW, 5)


def allowed(rate: int, seconds: float) -> float:
    """The most in a window: what is late by as much as may be goes beside what is in time."""
    return rate * (seconds + PATIENCE) + 1
