"""Notes and tasks as colleagues use them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from contacts.models import Contact, ContactState
from desk.models import Note, Task
from kernel import clock
from kernel.models import Event
from tests.cast import make_user
from tests.resource_contract import ResourceContract
from tests.settle import settle

pytestmark = pytest.mark.django_db


def person(owner: User | None = None, **values: Any) -> Contact:
    contact = Contact.objects.create(owner=owner, **values)
    ContactState.objects.create(contact=contact)
    return contact


def take_back(client: Client, page: Any) -> None:
    """Press *Undo* in the latest news of a page."""
    *_earlier, news = page.context["messages"]
    client.post("/undo", {"undo": news.extra_tags.removeprefix("undo:")})


class OfContacts(ResourceContract):
    restorable = True

    @pytest.fixture
    def dora(self, db: None) -> User:
        """Dora sees her own contacts, and what is about them."""
        verbs = dict.fromkeys(("view", "edit", "delete"), "own") | {"create": "all"}
        rights = {self.base.strip("/"): verbs, "contacts": verbs}
        return make_user("Dora", Role.objects.create(name="Her own", rights=rights))


class TestTasks(OfContacts):
    base = "/tasks"
    named = "title"
    change = {"title": "Changed"}

    def make(self, number: int, owner: User | None = None) -> Task:
        return Task.objects.create(contact=person(owner), title=f"Task {number:02}")

    def fields(self, number: int) -> dict[str, Any]:
        return {"title": f"Task {number:02}", "kind": "call", "contact": f"#{person().pk}"}

    def shown(self, item: Any) -> str:
        return str(item.title)


class TestNotes(OfContacts):
    base = "/notes"
    named = "text"
    change = {"text": "Changed"}

    def make(self, number: int, owner: User | None = None) -> Note:
        return Note.objects.create(contact=person(owner), text=f"Note {number:02}")

    def fields(self, number: int) -> dict[str, Any]:
        return {"text": f"Note {number:02}", "kind": "call", "contact": f"#{person().pk}"}

    def shown(self, item: Any) -> str:
        return str(item.text)


def test_a_note_is_typed_on_the_page_and_stands_in_the_timeline(client: Client, alice: User):
    client.force_login(alice)
    anna = person(first_name="Anna")
    sent = {"text": "Wants an offer.\nCall after ten.", "kind": "call"}
    page = client.post(f"/contacts/{anna.pk}/notes", sent, follow=True).content.decode()
    assert "Wants an offer.<br>Call after ten." in page
    note = Note.objects.get()
    assert (note.contact_id, note.author_id, note.kind) == (anna.pk, alice.pk, "call")
    told = client.get(f"/contacts/{anna.pk}/timeline?kind=notes").content.decode()
    assert "Wants an offer." in told
    assert "Alice" in told


def test_what_was_typed_wrongly_is_shown_again(client: Client, alice: User):
    client.force_login(alice)
    anna = person()
    refused = client.post(
        f"/contacts/{anna.pk}/tasks", {"title": " ", "text": "By noon", "kind": "todo"}
    )
    assert refused.status_code == 422
    assert "By noon" in refused.content.decode()
    assert (
        client.post(f"/contacts/{anna.pk}/notes", {"text": " ", "kind": "general"}).status_code
        == 422
    )
    assert not Task.objects.exists()
    assert not Note.objects.exists()


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


def test_the_trail_keeps_no_text_about_people(client: Client, alice: User):
    client.force_login(alice)
    anna = person()
    client.post(f"/contacts/{anna.pk}/notes", {"text": "Is ill again", "kind": "general"})
    note = Note.objects.get()
    page = client.post(f"/notes/{note.pk}/delete", follow=True)
    take_back(client, page)
    assert Note.objects.filter(pk=note.pk).exists()
    entries = AuditEntry.objects.filter(kind="notes")
    assert sorted(entries.values_list("verb", flat=True)) == ["create", "delete", "restore"]
    kept = [(one.name, str(one.before), str(one.after)) for one in entries]
    assert not [told for told in kept if "ill again" in "".join(told)]
