"""A run that fails is repeated after some hours, and segments hear of what it wrote."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from kernel import changes, clock
from kernel.models import Job
from points.models import RankRun
from points.services import ranking, when
from segments.models import Member
from segments.services import editing
from tests.points.crowd import measured, somebody
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))


def dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a run that fails after its first slice."""
    writing, slices = ranking.write, []

    def once(run: RankRun) -> int:
        if slices:
            raise RuntimeError
        slices.append(run)
        return writing(run)

    when.begin(clock.now())
    with monkeypatch.context() as broken:
        broken.setattr(ranking, "write", once)
        settle()
    assert Job.objects.get(kind=when.RANK).state == Job.State.FAILED


def due_after(**span: int) -> bool:
    clock.move(timedelta(**span))
    when.begin_if_due(clock.now())
    return when.under_way() is not None


def test_it_is_repeated_after_some_hours(alice: Any, monkeypatch: pytest.MonkeyPatch):
    somebody().does("orders.placed", clock.now())
    dies(monkeypatch)
    assert not due_after(hours=5)
    assert due_after(hours=2)
    settle()
    assert when.last() is not None
    assert not due_after(days=29)
    assert due_after(days=2)


def test_what_somebody_cancelled_comes_back_when_it_is_due(alice: Any):
    somebody()
    job = when.begin(clock.now())
    Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED, finished_at=clock.now())
    assert not due_after(days=6)
    assert due_after(days=2)


def test_segments_hear_of_what_it_wrote(alice: Any, monkeypatch: pytest.MonkeyPatch):
    """Above the limit of a shared pass nobody is told before a run has ended."""
    monkeypatch.setattr(changes, "SHARED_PASS", 1)
    people = [somebody() for _number in range(3)]
    for one in people:
        one.does("orders.placed", clock.now())
    tree = {"field": "activity_rank", "op": "gte", "value": 1}
    segment = editing.create({"name": "Active", "filter": tree}, now=clock.now())
    settle()
    dies(monkeypatch)
    assert not Member.objects.filter(segment_id=segment.pk).exists()
    assert measured().changed == 0
    settle()
    assert Member.objects.filter(segment_id=segment.pk).count() == len(people)


def test_all_its_statements_share_one_time_limit(monkeypatch: pytest.MonkeyPatch):
    """Each alone may be quick enough, and all of them too long for a turn of a worker."""
    monkeypatch.setattr(ranking, "PATIENCE_MS", 600)
    slow = "; SELECT pg_sleep(0.4)"
    monkeypatch.setattr(ranking, "KEEP_SCORES", ranking.KEEP_SCORES + slow)
    monkeypatch.setattr(ranking, "MEASURE", f"SELECT pg_sleep(0.4); {ranking.MEASURE}")
    with pytest.raises(OperationalError):
        ranking.measure(clock.now())
