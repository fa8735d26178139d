"""Views shared with everybody stay when their maker goes, and somebody may remove them."""

import pytest
from django.test import Client

from accounts.models import User
from backoffice.models import SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def views(bob: User) -> list[SavedView]:
    return [
        SavedView.objects.create(user=bob, list="contacts", name=name, query="q=a", shared=shared)
        for name, shared in (("Own of Bob", False), ("Shared by Bob", True))
    ]


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
