"""Views are kept with their columns, removed by whoever may, and brought back."""

import pytest
from django.test import Client

from accounts.models import User
from backoffice.models import SavedView
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def views(bob: User) -> list[SavedView]:
    return [
        SavedView.objects.create(user=bob, list="contacts", name=name, query="q=a", shared=shared)
        for name, shared in (("Own of Bob", False), ("Shared by Bob", True))
    ]


@pytest.fixture
def ada() -> int:
    return int(add(email="ada@example.com", city="Nice").pk)


def test_a_shared_view_stays_when_its_maker_is_deleted(
    client: Client, alice: User, bob: User, views: list[SavedView]
):
    client.force_login(alice)
    client.post(f"/settings/users/{bob.pk}/delete", {"typed": bob.email})
    assert not User.objects.filter(pk=bob.pk).exists()
    assert [view.name for view in SavedView.objects.all()] == ["Shared by Bob"]
    assert "Shared by Bob" in client.get("/contacts").content.decode()


def test_who_keeps_the_workspace_removes_shared_views_and_nobody_else_does(
    client: Client, alice: User, dora: User, views: list[SavedView]
):
    own, shared = views
    at = f"/contacts?view={shared.pk}&q=a"
    client.force_login(dora)
    assert "Remove this view" not in client.get(at).content.decode()
    client.post(f"/contacts/views/{shared.pk}/delete")
    assert SavedView.objects.count() == 2
    client.force_login(alice)
    assert "Remove this view" in client.get(at).content.decode()
    for view in (own, shared):
        client.post(f"/contacts/views/{view.pk}/delete")
    assert list(SavedView.objects.all()) == [own]


def told(client: Client, at: str = "/contacts") -> tuple[str, str]:
    last = list(client.get(at).context["messages"])[-1]
    return str(last), (last.extra_tags or "").removeprefix("undo:")


def test_a_removed_view_comes_back(client: Client, alice: User, views: list[SavedView]):
    own = SavedView.objects.create(user=alice, list="contacts", name="Mine", query="q=b")
    client.force_login(alice)
    for view in (own, views[1]):
        client.post(f"/contacts/views/{view.pk}/delete")
        said, token = told(client)
        assert said == f"View “{view.name}” removed"
        client.post("/undo", {"undo": token})
        again = SavedView.objects.get(pk=view.pk)
        assert (again.name, again.query, again.shared) == (view.name, view.query, view.shared)
        assert again.user_id == view.user_id


def test_whoever_removes_a_shared_view_is_asked_and_told_who_loses_it(
    client: Client, alice: User, views: list[SavedView]
):
    client.force_login(alice)
    shared = client.get(f"/contacts?view={views[1].pk}&q=a").content.decode()
    assert "“Shared by Bob” is shared with everybody: all your colleagues lose it" in shared
    own = SavedView.objects.create(user=alice, list="contacts", name="Mine", query="q=b")
    assert "colleagues lose" not in client.get(f"/contacts?view={own.pk}&q=b").content.decode()


def shown(client: Client, at: str) -> list[str]:
    return [column.key for column in client.get(at).context["columns"]]


def test_a_view_carries_its_columns(client: Client, alice: User, bob: User, ada: int):
    client.force_login(alice)
    client.post("/contacts/columns", {"columns": ["email", "field.city"]})
    client.post("/contacts/views", {"name": "Cities", "search": "q=a", "shared": "on"})
    view = SavedView.objects.get()
    client.post("/contacts/columns", {"columns": ["email"]})
    at = f"/contacts?q=a&view={view.pk}"
    assert shown(client, at) == ["email", "field.city"]
    assert shown(client, "/contacts") == ["email"]
    client.force_login(bob)
    assert shown(client, at) == ["email", "field.city"]
    # It goes on with them when one sorts.
    page = client.get(at)
    assert all(f"view={view.pk}" in head["url"] for head in page.context["heads"] if head["url"])
    assert "View changed" not in page.content.decode()


def test_columns_are_tried_out_in_a_view_and_saved_with_it(client: Client, alice: User, ada: int):
    client.force_login(alice)
    client.post("/contacts/columns", {"columns": ["email"]})
    client.post("/contacts/views", {"name": "Cities", "search": "q=a", "columns": "field.city"})
    view = SavedView.objects.get()
    sent = {"columns": ["email", "field.city"], "search": "q=a", "view": view.pk}
    tried = client.post("/contacts/columns", sent)["Location"]
    page = client.get(tried)
    assert [column.key for column in page.context["columns"]] == ["email", "field.city"]
    assert "View changed" in page.content.decode()
    assert shown(client, f"/contacts?q=a&view={view.pk}") == ["field.city"]
    assert shown(client, "/contacts") == ["email"]
    kept = {"view": view.pk, "search": "q=a", "columns": page.context["shown_columns"]}
    client.post("/contacts/views", kept)
    assert shown(client, f"/contacts?q=a&view={view.pk}") == ["email", "field.city"]
