"""Notes and tasks as colleagues use them."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from desk.models import Note, Task
from tests.cast import make_user
from tests.desk.people import person, take_back
from tests.resource_contract import ResourceContract

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("at", "model", "sent"),
    [
        ("notes", Note, {"text": "Called", "kind": "call"}),
        ("tasks", Task, {"title": "Call", "kind": "call"}),
    ],
)
def test_a_note_or_a_task_sent_twice_is_written_once(
    client: Client, alice: User, at: str, model: Any, sent: dict[str, str]
):
    client.force_login(alice)
    anna = person()
    page = f"/contacts/{anna.pk}?tab=desk"
    shown = client.get(page).content.decode()
    token = shown.split('name="sitting" value="')[1].split('"')[0]
    for _press in range(2):
        answer = client.post(f"/contacts/{anna.pk}/{at}", {**sent, "sitting": token})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert model.objects.count() == 1
    assert token not in client.get(page).content.decode()
    wrong = {**sent, "text": " " * 3, "title": " ", "sitting": token}
    refused = client.post(f"/contacts/{anna.pk}/{at}", wrong)
    assert (refused.status_code, refused.context["sitting"]) == (422, token)


def test_a_list_without_conditions_says_that_it_left_them_out(client: Client, alice: User):
    client.force_login(alice)
    task = Task.objects.create(contact=person(), title="Call")
    page = client.get("/tasks", {"filter": "{"})
    assert "no longer holds" in page.content.decode()
    search = page.context["query"].search()
    refused = client.post("/tasks/bulk/done", {"whole": "yes", "search": search})
    assert refused.status_code == 409
    task.refresh_from_db()
    assert task.done_at is None


def test_a_length_of_time_is_a_number_and_a_unit(client: Client, alice: User):
    client.force_login(alice)
    ada = person(email="a@example.com")
    asked = client.post("/contacts/bulk/task", {"ids": f"{ada.pk}"}).content.decode()
    assert 'type="number" name="due_0"' in asked
    assert '<option value="w">weeks</option>' in asked
    typed = {"ids": f"{ada.pk}", "confirmed": "yes", "title": "Call", "due_0": "2", "due_1": "w"}
    client.post("/contacts/bulk/task", typed | {"due_0": "-1"})
    assert not Task.objects.exists()
    client.post("/contacts/bulk/task", typed)
    task = Task.objects.get()
    assert (task.due_at - task.created_at).days == 14
