"""Tags are offered where they are typed; taking a new one back leaves no empty tag."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Tag
from tests.contacts.test_bulk_actions_are_taken_back import told, undo
from tests.contacts.test_bulk_actions_on_screen import do, people, tags_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def named() -> list[str]:
    return sorted(Tag.objects.values_list("name", flat=True))


def test_the_tags_there_are_come_with_the_dialog(screen: Client):
    Tag.objects.create(name='Ski "A" <club>')
    [pk] = people(1)
    dialog = screen.post("/contacts/bulk/tags", {"ids": f"{pk}"}).content.decode()
    assert dialog.count('<option value="Ski &quot;A&quot; &lt;club&gt;">') == 2
    assert dialog.count("data-several") == 2
    assert "data-several" in screen.get(f"/contacts/{pk}/edit").content.decode()


def test_several_are_taken_each_from_a_field_of_its_own(screen: Client):
    [pk] = people(1)
    do(screen, "tags", [pk], add=["ski club", "vip", "one, two", ""])
    assert tags_of(pk) == ["one", "ski club", "two", "vip"]
    do(screen, "tags", [pk], remove=["ski club", "two"])
    assert tags_of(pk) == ["one", "vip"]
    refused = do(screen, "tags", [pk], add=["vip", "x" * 130])
    assert refused.status_code == 422
    assert f"vip, {'x' * 130}" in refused.content.decode()


def test_a_tag_that_was_made_for_it_goes_again(screen: Client):
    old = Tag.objects.create(name="old")
    a, b = people(2)
    do(screen, "tags", [a, b], add=["old", "New"])
    assert undo(screen, told(screen)[1]) == "Undone"
    assert named() == ["old"]
    assert Tag.objects.get() == old
    screen.post(f"/contacts/{a}/tags", {"add": "once"})
    assert named() == ["old", "once"]
    undo(screen, told(screen)[1])
    assert named() == ["old"]


def test_a_new_tag_that_somebody_uses_by_now_stays(screen: Client, api: Any):
    a, b, c = people(3)
    tree = {"all": [{"field": "tags", "op": "has_any", "value": ["named"]}]}
    do(screen, "tags", [a], add=["taken", "named", "free"])
    token = told(screen)[1]
    do(screen, "tags", [b, c], add="taken")
    made = api.post("/api/v1/segments", {"name": "S", "filter": tree}, format="json")
    assert made.status_code == 201, made.json()
    undo(screen, token)
    assert named() == ["named", "taken"]
    assert [tags_of(pk) for pk in (a, b, c)] == [[], ["taken"], ["taken"]]
