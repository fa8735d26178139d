"""Jobs are claimed by one worker, resumed when it dies, and scheduled once per tick."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from kernel import clock, jobs
from kernel.jobs import ATTEMPTS, Claimed, Jobs, LeaseLost, Unfinished
from kernel.models import Job, JobRun
from kernel.schedule import run_due, scheduled, schedules

pytestmark = pytest.mark.django_db
ran: list[dict] = []


@pytest.fixture(autouse=True)
def kinds():
    ran.clear()

    @jobs.handles("testing.count")
    def count(job: Claimed) -> None:
        ran.append({**job.args, **job.progress})
        job.keep(upto=10)

    @jobs.handles("testing.fail", failed=lambda job, error: ran.append({"told": error}))
    def fail(job: Claimed) -> None:
        raise ValueError("no such file")

    @jobs.handles("testing.long")
    def go_on(job: Claimed) -> None:
        ran.append(dict(job.progress))
        job.keep(upto=job.progress.get("upto", 0) + 1)
        if job.progress["upto"] < 3:
            raise Unfinished

    yield
    jobs._handlers.pop("testing.long")
    jobs._handlers.pop("testing.count")
    jobs._handlers.pop("testing.fail")


def test_a_job_runs_once_and_is_done():
    jobs.enqueue("testing.count", {"n": 1}, now=clock.now())
    queue = Jobs()
    assert queue.due(clock.now())
    assert queue.work(clock.now())
    assert not queue.work(clock.now())
    assert ran == [{"n": 1}]
    assert Job.objects.get().state == "done"


def test_a_job_whose_worker_died_goes_on_from_its_progress():
    job = jobs.enqueue("testing.count", {"n": 1}, now=clock.now())
    now = clock.now()
    Job.objects.filter(pk=job.pk).update(
        state="running", fence=3, progress={"upto": 4}, lease_until=now - timedelta(seconds=1)
    )
    Jobs().work(now)
    assert ran == [{"n": 1, "upto": 4}]


def test_a_worker_that_lost_its_lease_cannot_save():
    job = jobs.enqueue("testing.count", {}, now=clock.now())
    Job.objects.filter(pk=job.pk).update(state="running", fence=1)
    stale = Claimed(Job.objects.get(pk=job.pk))
    Job.objects.filter(pk=job.pk).update(fence=2)
    with pytest.raises(LeaseLost):
        stale.keep(upto=1)


def test_a_cancelled_job_stops_at_its_next_step():
    job = jobs.enqueue("testing.count", {}, now=clock.now())
    Job.objects.filter(pk=job.pk).update(state="running", fence=1)
    held = Claimed(Job.objects.get(pk=job.pk))
    assert jobs.cancel(job.pk, clock.now())
    with pytest.raises(LeaseLost):
        held.keep(upto=1)


def test_a_job_that_fails_says_why():
    jobs.enqueue("testing.fail", {}, now=clock.now())
    Jobs().work(clock.now())
    job = Job.objects.get()
    # What the code calls it is for the log; people read a sentence, in their language.
    assert job.state == "failed"
    assert "ValueError" not in job.error
    assert ran == [{"told": job.error}]
    assert jobs.said(job.error) == (
        f"This failed for a reason nobody foresaw. The log tells it under number {job.pk}."
    )
    with override("fr"):
        assert jobs.said(job.error).endswith(f"sous le numéro {job.pk}.")
        assert jobs.said(jobs.HOPELESS) != jobs.HOPELESS
    assert jobs.said("") == ""
    assert jobs.said("100 % wrong") == "100 % wrong"


def test_a_long_job_gives_others_their_turn():
    jobs.enqueue("testing.long", {}, now=clock.now())
    jobs.enqueue("testing.count", {"n": 1}, now=clock.now())
    while Jobs().work(clock.now()):
        pass
    assert ran == [{}, {"n": 1}, {"upto": 1}, {"upto": 2}]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_a_job_that_kills_its_workers_is_given_up():
    job = jobs.enqueue("testing.count", {}, now=clock.now())
    now = clock.now()
    Job.objects.filter(pk=job.pk).update(
        state="running", attempts=ATTEMPTS, lease_until=now - timedelta(seconds=1)
    )
    Jobs().work(now)
    assert (ran, Job.objects.get().state) == ([], "failed")


def test_progress_makes_earlier_deaths_forgotten():
    job = jobs.enqueue("testing.count", {}, now=clock.now())
    Job.objects.filter(pk=job.pk).update(state="running", fence=1, attempts=ATTEMPTS)
    Claimed(Job.objects.get(pk=job.pk)).keep(upto=1)
    assert Job.objects.get().attempts == 0


def test_a_tick_is_taken_once_however_many_beats_there_are():
    scheduled("testing.count", timedelta(minutes=10))
    now = datetime(2026, 11, 22, 10, 3, tzinfo=UTC)
    try:
        assert "testing.count" in run_due(now)
        assert "testing.count" not in run_due(now + timedelta(minutes=6))
        Job.objects.update(state="done")
        assert "testing.count" in run_due(now + timedelta(minutes=7))
    finally:
        schedules.pop()
    assert JobRun.objects.filter(job="testing.count").count() == 2
