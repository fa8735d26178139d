"""Long work on screen: how far it is, polled only while it runs, and stopped by whose it is."""

import pytest
from django.test import Client

from accounts.models import User
from kernel import clock
from kernel.models import Job

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
