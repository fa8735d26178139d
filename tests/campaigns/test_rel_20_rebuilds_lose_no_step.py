"""REL-20: a segment is rebuilt while a campaign runs on it: nobody is moved, no step is lost."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepLog, Visit
from kernel import clock
from kernel.jobs import enqueue
from segments.models import Segment
from segments.services import auditing, building
from tests.journey import graph, node, people, points, run, statistics, totals
from tests.segments.scene import follow, inside, told
from tests.settle import settle

pytestmark = pytest.mark.django_db
PEOPLE = 12
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
WAY = graph(
    [points("first"), node("rest", "wait", **{"for": "1h"}), points("last", 10)],
    "start>first",
    "first>rest",
    "rest>last",
)


def rebuild(segment: Segment, how: str) -> None:
    """Compare all members with the filter, or build the segment anew."""
    if how == "compared":
        enqueue(auditing.REBUILD, {}, now=clock.now())
    else:
        building.request([segment.pk])


@pytest.mark.parametrize("how", ["compared", "built anew"])
@pytest.mark.parametrize("on_leave", ["exit", "continue"])
def test_rel_20_members_that_still_match_lose_no_step(api, shift, how, on_leave):
    crowd = people(PEOPLE)
    french = crowd[1::2]
    segment = follow(FRENCH)
    sources = [{"segment": segment.pk}]
    campaign = run(api, WAY, sources=sources, reentry="always", on_leave=on_leave)
    for minutes in (0, 20, 20, 25, 20):
        shift(timedelta(minutes=minutes))
        rebuild(segment, how)
        settle()
        assert inside(segment) == set(french)
        assert statistics(api, campaign)["visits"] == len(french)
    assert totals(french) == [11] * len(french)
    assert StepLog.objects.filter(node__name="last").count() == len(french)
    assert Visit.objects.filter(number__gt=1).count() == Step.objects.count() == 0
    # Nobody was taken out, not even to be put back.
    assert [line for line in told(segment) if line.startswith("-")] == []
