"""A week after the start everybody is measured, then every thirty days, and whenever asked."""

from datetime import timedelta

import pytest

from contacts.models import ContactState
from kernel import clock, jobs, schedule
from kernel.models import Job
from points.models import RankRun
from points.services import when
from tests.points.crowd import measured, somebody
from tests.settle import settle

pytestmark = pytest.mark.django_db
STATE, RUN = "/api/v1/activity-rank", "/api/v1/activity-rank/run"


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch, tmp_path, db):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    # Other apps' regular work takes its time, and has tests of its own.
    mine = [one for one in schedule.schedules if one.kind == when.DUE]
    monkeypatch.setattr(schedule, "schedules", mine)


def later(**span):
    clock.move(timedelta(**span))
    schedule.run_due(clock.now())
    settle()
    return RankRun.objects.count()


def test_it_is_measured_after_a_week_and_then_every_thirty_days(alice):
    somebody()
    assert later(days=6, hours=22) == 0
    assert later(hours=3) == 1
    assert later(days=29) == 1
    assert later(days=1, hours=1) == 2
    assert later(hours=1) == 2


def test_before_there_is_anybody_nothing_is_due():
    assert when.due_at() is None
    assert later(days=60) == 0


def test_a_run_that_was_asked_for_counts_like_any_other(api):
    somebody()
    assert api.post(RUN).status_code == 202
    settle()
    assert RankRun.objects.count() == 1
    assert later(days=29) == 1
    assert later(days=2) == 2


def test_two_who_ask_at_once_wait_for_the_same_run(api):
    first, second = (api.post(RUN).json()["job"] for _time in range(2))
    assert first == second
    assert api.get(STATE).json()["running"]
    settle()
    answer = api.get(STATE).json()
    assert not answer["running"]
    assert answer["last"]["finished_at"]
    assert answer["next_at"] > answer["last"]["at"]


def test_who_may_only_look_cannot_begin_a_run(api_bob):
    assert api_bob.get(STATE).status_code in {200, 403}
    assert api_bob.post(RUN).status_code == 403
    assert not Job.objects.filter(kind=when.RANK).exists()


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(alice, monkeypatch):
    """What was measured is kept, so that the log is read once however often a worker dies."""
    people = [somebody() for _number in range(3)]
    for one in people:
        one.does("orders.placed", clock.now())
    real = when.begin(clock.now())
    from points.services import ranking

    monkeypatch.setattr(ranking, "SLICE", 1)
    writing = ranking.write

    def once(run):
        monkeypatch.setattr(ranking, "write", writing)
        writing(run)
        raise jobs.Unfinished

    monkeypatch.setattr(ranking, "write", once)
    settle()
    assert RankRun.objects.count() == 1
    assert set(ContactState.objects.values_list("activity_rank", flat=True)) == {1}
    assert Job.objects.get(pk=real.pk).state == Job.State.DONE
    assert measured().changed == 0
