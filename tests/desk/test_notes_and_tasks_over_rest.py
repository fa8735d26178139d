"""Notes and tasks over REST, by campaigns, and when people merge or are forgotten."""

from typing import Any

import pytest

from accounts.models import User
from contacts.models import Contact
from contacts.services.erase import erase
from contacts.services.merge import merge
from desk.models import Note, Task
from kernel import clock
from tests.journey import bring, graph, node, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


def made(api: Any, email: str, **values: Any) -> int:
    return int(api.post("/api/v1/contacts", {"email": email, **values}).json()["id"])


def test_a_note_is_kept_changed_and_found(api: Any, alice: User):
    anna = made(api, "anna@example.com")
    note = api.post("/api/v1/notes", {"contact": anna, "kind": "call", "text": "Wants an offer"})
    assert note.status_code == 201, note.content
    assert note.json()["author"] == str(alice.pk)
    number = note.json()["id"]
    changed = api.patch(f"/api/v1/notes/{number}", {"pinned": True, "version": 1}).json()
    assert (changed["pinned"], changed["version"]) == (True, 2)
    assert api.patch(f"/api/v1/notes/{number}", {"text": "x", "version": 1}).status_code == 409
    found = api.get("/api/v1/notes", {"contact": anna, "pinned": "true"}).json()["results"]
    assert [one["text"] for one in found] == ["Wants an offer"]
    assert api.delete(f"/api/v1/notes/{number}").status_code == 204


def test_bad_input_is_told_where_it_is(api: Any, dora: User):
    anna = made(api, "anna@example.com")
    for sent, field in (
        ({"contact": anna, "title": ""}, "title"),
        ({"contact": anna, "title": "x" * 201}, "title"),
        ({"contact": "999999", "title": "x"}, "contact"),
        ({"contact": anna, "title": "x", "kind": "dance"}, "kind"),
        ({"contact": anna, "title": "x", "due_at": "tomorrow"}, "due_at"),
        ({"contact": anna, "title": "x", "assignee": "999999"}, "assignee"),
        ({"contact": anna, "title": "x", "assignee": dora.pk}, "assignee"),
        ({"title": "x"}, "contact"),
    ):
        answer = api.post("/api/v1/tasks", sent)
        assert answer.status_code == 400, answer.content
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert not Task.objects.exists()


def test_a_task_is_done_once_and_open_tasks_are_found(api: Any, alice: User):
    anna = made(api, "anna@example.com")
    body = {"contact": anna, "title": "Call", "due_at": "2026-12-01T09:00:00Z"}
    number = api.post("/api/v1/tasks", {**body, "assignee": alice.pk}).json()["id"]
    asked = {"assignee": alice.pk, "open": "true", "due_before": "2026-12-02T00:00:00Z"}
    assert len(api.get("/api/v1/tasks", asked).json()["results"]) == 1
    done = api.post(f"/api/v1/tasks/{number}/done").json()
    assert done["done_by"] == str(alice.pk)
    assert api.post(f"/api/v1/tasks/{number}/done").json()["done_at"] == done["done_at"]
    assert api.get("/api/v1/tasks", asked).json()["results"] == []
    told = api.get("/api/v1/events", {"contact": anna, "type": "tasks.done"}).json()["results"]
    assert len(told) == 1
    assert api.post(f"/api/v1/tasks/{number}/reopen").json()["done_at"] is None


def test_others_tasks_are_not_there(api: Any, api_dora: Any, dora: User):
    anna, hers = made(api, "anna@example.com"), made(api, "h@example.com", owner=dora.pk)
    others = api.post("/api/v1/tasks", {"contact": anna, "title": "Call"}).json()["id"]
    mine = api_dora.post("/api/v1/tasks", {"contact": hers, "title": "Mine"})
    assert mine.status_code == 201, mine.content
    assert api_dora.get(f"/api/v1/tasks/{others}").status_code == 404
    assert api_dora.post("/api/v1/tasks", {"contact": anna, "title": "x"}).status_code == 400
    shown = api_dora.get("/api/v1/tasks").json()["results"]
    assert [one["title"] for one in shown] == ["Mine"]


def test_an_action_gives_each_owner_a_task_once(api: Any, alice: User, dora: User):
    ids = [made(api, f"p{n}@example.com", owner=dora.pk if n else None) for n in range(3)]
    config = {"title": "Call", "kind": "call", "due": "2d", "assignee": "owner"}
    sent = {"key": "tasks.create", "config": config, "contacts": ids}
    assert api.post("/api/v1/actions", sent).status_code == 202
    settle()
    rows = Task.objects.order_by("contact_id")
    assert [row.assignee_id for row in rows] == [None, dora.pk, dora.pk]
    assert {(row.due_at - row.created_at).days for row in rows if row.due_at} == {2}


def test_an_action_fills_the_title_in_for_each(api: Any):
    field = {"label": "Health", "type": "text", "sensitive": True}
    assert api.post("/api/v1/fields", field, format="json").status_code == 201
    ids = [made(api, "a@example.com", first_name="Ana"), made(api, "b@example.com")]
    for title, code in (
        ("{{ contact.nowhere }}", "unknown_token"),
        ("{{ contact.health }}", "sensitive"),
    ):
        refused = {"key": "tasks.create", "config": {"title": title}, "contacts": ids}
        answer = api.post("/api/v1/actions", refused)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    for title in ("Call {{ contact.first_name }}", "{{ contact.first_name }}"):
        sent = {"key": "tasks.create", "config": {"title": title}, "contacts": ids}
        assert api.post("/api/v1/actions", sent).status_code == 202
    settle()
    rows = Task.objects.order_by("contact_id", "pk").values_list("title", flat=True)
    assert list(rows) == ["Call Ana", "Ana", "Call", "To do"]
    told = api.get(f"/api/v1/events?contact={ids[0]}&type=tasks.created").json()["results"]
    assert {one["data"]["title"] for one in told} == {"Call Ana", "Ana"}


def test_who_sees_only_their_own_is_given_no_others(api: Any, dora: User):
    ids = [made(api, "a@example.com"), made(api, "b@example.com", owner=dora.pk)]
    config = {"title": "Call", "assignee": dora.pk}
    api.post("/api/v1/actions", {"key": "tasks.create", "config": config, "contacts": ids})
    settle()
    assert [row.contact_id for row in Task.objects.all()] == [ids[1]]


def test_a_campaign_waits_for_a_task_to_be_done(api: Any):
    anna = made(api, "anna@example.com")
    steps = [
        node("call", "action", "tasks.create") | {"config": {"title": "Call", "kind": "call"}},
        node("done", "decision", "tasks.done", within="2d", where={"kind": "call"}),
        node("yes", "action", "tags.change", add=["called"]),
    ]
    campaign = run(api, graph(steps, "start>call", "call>done", "done:yes>yes"))
    bring(api, campaign, [anna])
    settle()
    task = Task.objects.get()
    assert api.get(f"/api/v1/contacts/{anna}").json()["tags"] == []
    api.post(f"/api/v1/tasks/{task.pk}/done")
    settle()
    assert api.get(f"/api/v1/contacts/{anna}").json()["tags"] == ["called"]


def test_a_merge_keeps_and_an_erasure_deletes_them(api: Any):
    loser, winner = made(api, "a@example.com"), made(api, "b@example.com")
    api.post("/api/v1/notes", {"contact": loser, "text": "Secret"})
    api.post("/api/v1/tasks", {"contact": loser, "title": "Call Secret"})
    now = clock.now()
    merge(winner, loser, now)
    assert set(Note.objects.values_list("contact_id", flat=True)) == {winner}
    told = str(api.get(f"/api/v1/contacts/{winner}/export").json())
    assert "Secret" in told
    assert "Call Secret" in told
    erase(winner, now)
    assert not Note.objects.exists()
    assert not Task.objects.exists()
    assert not Contact.objects.filter(pk=winner).exists()
