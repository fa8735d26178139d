"""Long work on screen: how far it is, polled only while it runs, and stopped by whose it is."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kernel import clock, jobs, paces
from kernel.models import Job
from segments.models import Segment
from stages.models import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(alice: User) -> Job:
    args = {"key": "tags.change", "config": {}, "contacts": list(range(10))}
    progress = {"done": 3, "skipped": 1, "after": 99}
    made = {"state": "running", "args": args, "progress": progress, "due_at": clock.now()}
    return Job.objects.create(kind="contacts.bulk_action", user=alice, **made)


def test_the_top_bar_tells_what_runs_and_asks_only_then(client: Client, alice: User, job: Job):
    client.force_login(alice)
    shown = client.get("/jobs/open").content.decode()
    assert "4 / 10" in shown
    assert "every 3s" in shown
    assert client.get("/jobs/open?lines=1").status_code == 200
    Job.objects.update(state="done", finished_at=clock.now())
    assert client.get("/jobs/open").content.decode().strip() == ""
    # htmx takes 286 for "ask no more".
    assert client.get("/jobs/open?lines=1").status_code == 286
    assert "every 3s" not in client.get("/jobs").content.decode()


def test_only_whose_it_is_sees_and_stops_it(client: Client, alice: User, bob: User, job: Job):
    client.force_login(bob)
    assert client.get("/jobs").context["jobs"] == []
    assert client.post(f"/jobs/{job.pk}/stop").status_code == 404
    client.force_login(alice)
    assert client.post(f"/jobs/{job.pk}/stop").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"


@pytest.mark.parametrize("address", ["/jobs/open", "/contacts/work"])
def test_time_left_is_that_of_the_pace_lately_not_since_it_was_asked(
    client: Client, alice: User, job: Job, address: str
):
    """Asked for yesterday, begun a minute ago, three tenths done in the last half minute."""
    now = clock.now()
    half_a_minute_ago = clock.iso(now - timedelta(seconds=30))
    job.created_at, job.started_at = now - timedelta(days=1), now - timedelta(minutes=1)
    job.marks = [{"at": half_a_minute_ago, "progress": {"done": 1, "skipped": 0, "after": 9}}]
    job.save()
    client.force_login(alice)
    assert re.search(r"5\d s left|1 min \d+ s left", client.get(address).content.decode())


def test_a_job_resumed_after_a_crash_does_not_count_the_time_nobody_worked():
    """Claimed again, it measures from there."""
    began = clock.now() - timedelta(hours=5)
    seen: list[float | None] = []

    @jobs.handles("testing.paced")
    def work(held: jobs.Claimed) -> None:
        with time_machine.travel(clock.now() + timedelta(seconds=10)):
            held.keep(done=held.progress["done"] + 50)
            row = Job.objects.get(pk=held.id)
            seen.append(paces.lately(row, lambda progress: progress["done"], clock.now()))

    mark = {"at": clock.iso(began), "progress": {"done": 0}}
    made = {"kind": "testing.paced", "due_at": began, "progress": {"done": 100}, "marks": [mark]}
    Job.objects.create(state="running", lease_until=began, **made)
    try:
        jobs.Jobs().work(clock.now())
    finally:
        jobs._handlers.pop("testing.paced")
    assert seen == [pytest.approx(5, rel=0.1)]
    assert Job.objects.get().started_at > began


def test_a_page_of_bulk_actions_asks_for_names_once(
    client: Client, alice: User, django_assert_max_num_queries
):
    """However many actions and whatever they name."""
    client.force_login(alice)

    def more(number: int) -> None:
        segment = Segment.objects.create(name=f"S{number}")
        stage = Stage.objects.create(name=f"T{number}")
        for key, config in (
            ("segments.change", {"add": [segment.pk], "remove": []}),
            ("stages.change", {"stage": stage.pk}),
        ):
            args = {"key": key, "config": config, "contacts": [1, 2]}
            about = {"state": "done", "due_at": clock.now(), "user": alice}
            Job.objects.create(kind="contacts.bulk_action", args=args, **about)

    more(0)
    client.get("/contacts/work")
    with CaptureQueriesContext(connection) as few:
        client.get("/contacts/work")
    for number in range(1, 6):
        more(number)
    with django_assert_max_num_queries(len(few)):
        shown = client.get("/contacts/work").content.decode()
    assert "S5" in shown
    assert "T0" in shown


def test_whatever_people_start_is_named_in_words(alice: User):
    client = Client()
    client.force_login(alice)
    form = client.get("/settings/privacy").context["form"]
    typed = {name: value for name, value in form.initial.items() if value is not None}
    assert client.post("/settings/privacy/count", typed).status_code == 200
    client.post("/contacts/duplicates", {"by": "email", "act": "count"})
    shown = client.get("/jobs").content.decode()
    assert "Counting what is past its time" in shown
    assert "Counting duplicates" in shown
    assert "kernel." not in shown
