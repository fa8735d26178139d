"""REL-22: the time-out of a decision: the last second, and hits that are still on the spool."""

from datetime import timedelta

import pytest

from campaigns.models import Outcome, StepLog
from campaigns.services.advancing import advance
from kernel import clock, events
from kernel.events import Fact
from tests.journey import VISITED, bring, deciding, figures, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("late", "outcome"), [(-0.1, "yes"), (0.0, "yes"), (1.0, "no")])
def test_in_the_last_second_what_happened_wins(api, late, outcome):
    [zoe] = people(1)
    campaign = run(api, deciding(within="10m"))
    bring(api, campaign, [zoe])
    start = (clock.now() + timedelta(seconds=1)).replace(microsecond=700_000)
    advance(start)
    last = (start + timedelta(minutes=10)).replace(microsecond=0) + timedelta(seconds=0.95)
    happened = last + timedelta(seconds=late)
    events.record(VISITED, [Fact(zoe, happened)], now=happened)
    for _round in range(4):
        advance(start + timedelta(minutes=10, seconds=5))
    assert figures(api, campaign)["asked"] == {"done": 1, outcome: 1}
    settle(start + timedelta(minutes=11))
    assert StepLog.objects.filter(node__name="asked").count() == 1


def test_nobody_takes_a_no_while_older_hits_lie_on_the_spool(api, monkeypatch, settings, tmp_path):
    from tracking import spool

    settings.RELAIS_DATA = tmp_path
    [zoe] = people(1)
    campaign = run(api, deciding(within="10m"))
    bring(api, campaign, [zoe])
    settle()
    folder = spool.folder()
    unread = folder / f"{int(clock.now().timestamp() * 1000):013}-1-abc.ready"
    unread.write_bytes(b"")
    later = clock.now() + timedelta(minutes=11)
    for _round in range(3):
        advance(later)
    assert figures(api, campaign)["asked"] == {"waiting": 1}
    unread.unlink()
    advance(later)
    assert figures(api, campaign)["asked"] == {"done": 1, "no": 1}
    assert StepLog.objects.get(node__name="asked").outcome == Outcome.NO
