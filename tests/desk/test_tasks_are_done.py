"""Tasks are done with a press, listed by when they are due, and given to who can see them."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from desk.models import Task
from kernel import clock
from kernel.models import Event
from tests.desk.people import person, take_back
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_a_task_is_done_with_a_press_and_taken_up_again(client: Client, alice: User):
    client.force_login(alice)
    anna = person()
    sent = {
        "title": "Call Anna",
        "kind": "call",
        "assignee": alice.pk,
        "due_at": "2026-12-01T09:00",
    }
    client.post(f"/contacts/{anna.pk}/tasks", sent)
    task = Task.objects.get()
    assert (task.assignee_id, task.due_at.isoformat()) == (alice.pk, "2026-12-01T09:00:00+00:00")
    page = client.post(
        f"/tasks/{task.pk}/done", {"back": f"/contacts/{anna.pk}?tab=desk"}, follow=True
    )
    task.refresh_from_db()
    assert task.done_by_id == alice.pk
    take_back(client, page)
    task.refresh_from_db()
    assert task.done_at is None
    keys = sorted(event.data["title"] for event in Event.objects.filter(contact_id=anna.pk))
    assert keys == ["Call Anna", "Call Anna"]


def test_open_tasks_are_a_condition_that_follows_them(client: Client, alice: User, api):
    client.force_login(alice)
    anna = person()
    calls = {"field": "tasks.open", "op": "has_any", "value": ["call"]}
    made = api.post("/api/v1/segments", {"name": "To call", "filter": calls}).json()["id"]

    def members() -> int:
        settle()
        return int(api.get(f"/api/v1/segments/{made}").json()["member_count"])

    assert members() == 0
    client.post(f"/contacts/{anna.pk}/tasks", {"title": "Call Anna", "kind": "call"})
    assert members() == 1
    task = Task.objects.get()
    at = f"/api/v1/tasks/{task.pk}"
    for kind, found in (("email", 0), ("call", 1)):
        version = api.get(at).json()["version"]
        assert api.patch(at, {"kind": kind, "version": version}).status_code == 200
        assert members() == found
    api.post(f"{at}/done")
    assert members() == 0
    api.post(f"{at}/reopen")
    assert members() == 1
    gone = client.post(f"/tasks/{task.pk}/delete", follow=True)
    assert members() == 0
    take_back(client, gone)
    assert members() == 1


def test_the_list_puts_what_is_due_first_and_what_is_done_last(client: Client, alice: User):
    client.force_login(alice)
    anna, now = person(first_name="Anna"), clock.now()
    for title, due, done in (
        ("done", now, now),
        ("some day", None, None),
        ("tomorrow", now + timedelta(days=1), None),
        ("yesterday", now - timedelta(days=1), None),
    ):
        Task.objects.create(contact=anna, title=title, due_at=due, done_at=done, assignee=alice)
    shown = [row.title for row, _ in client.get("/tasks").context["rows"]]
    assert shown == ["yesterday", "tomorrow", "some day", "done"]
    late = client.get(f"/tasks?due=overdue&assignee={alice.pk}")
    assert [row.title for row, _ in late.context["rows"]] == ["yesterday"]
    for due, found in (("week", ["yesterday", "tomorrow"]), ("none", ["some day"])):
        rows = client.get(f"/tasks?due={due}").context["rows"]
        assert [row.title for row, _ in rows] == found


def test_many_are_done_at_once(client: Client, alice: User):
    client.force_login(alice)
    ids = [Task.objects.create(contact=person(), title=f"t{n}").pk for n in range(3)]
    client.post("/tasks/bulk/done", {"ids": ",".join(map(str, ids)), "confirmed": "yes"})
    assert not Task.objects.filter(done_at=None).exists()
    settle()


def test_nobody_is_given_a_task_they_could_not_see(client: Client, alice: User, dora: User):
    client.force_login(alice)
    anna, hers = person(alice), person(dora)
    sent = {"title": "Call", "kind": "call", "assignee": dora.pk}
    assert client.post(f"/contacts/{anna.pk}/tasks", sent).status_code == 422
    assert client.post(f"/contacts/{hers.pk}/tasks", sent).status_code == 302
    assert Task.objects.get().contact_id == hers.pk
