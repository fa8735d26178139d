"""What was done to a few at once is listed with large actions, undone there, and told of each."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from contacts.backoffice import together
from contacts.models import Contact
from kernel import clock
from tests.contacts.test_bulk_actions_are_taken_back import told, undo
from tests.contacts.test_bulk_actions_on_screen import do, people, tags_of

pytestmark = pytest.mark.django_db
WORK = "/contacts/work"


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def offered(screen: Client) -> list[str]:
    # The news is told on the first page after it.
    screen.get("/")
    page = screen.get(WORK).content.decode()
    return [part.split('"')[0] for part in page.split('name="undo" value="')[1:]]


def history(screen: Client, contact: int) -> str:
    return screen.get(f"/contacts/{contact}?tab=history").content.decode()


def test_it_is_undone_from_the_list_as_from_its_news(screen: Client):
    ids = people(2)
    do(screen, "tags", ids, add="vip")
    token = told(screen)[1]
    [listed] = offered(screen)
    assert "Tags: + vip" in screen.get(WORK).content.decode()
    screen.post("/undo", {"undo": listed})
    assert told(screen)[0] == "Undone"
    assert [tags_of(pk) for pk in ids] == [[], []]
    assert undo(screen, token) == "Undo was pressed before; nothing more was changed."
    assert offered(screen) == []
    assert "Undone" in screen.get(WORK).content.decode()


def test_what_cannot_be_undone_and_what_is_others_is_not_offered(
    screen: Client, client: Client, bob: User
):
    ids = people(1)
    do(screen, "field", ids, field="city", values="Nice")
    assert "City = Nice" in screen.get(WORK).content.decode()
    assert offered(screen) == []
    do(screen, "tags", ids, add="vip")
    [token] = offered(screen)
    client.force_login(bob)
    assert offered(client) == []
    client.post("/undo", {"undo": token})
    assert tags_of(ids[0]) == ["vip"]


def test_after_an_hour_it_stays(screen: Client):
    do(screen, "tags", people(1), add="vip")
    assert len(offered(screen)) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert offered(screen) == []


def test_the_history_of_each_says_what_was_done_and_undone_by_whom(screen: Client, bob: User):
    zoe, other = people(2)
    do(screen, "tags", [zoe], add="vip")
    token = told(screen)[1]
    assert "changed many" in history(screen, zoe)
    assert "taken back" not in history(screen, zoe)
    undo(screen, token)
    page = history(screen, zoe)
    assert page.count("Change tags") == 2
    assert page.index("taken back") < page.index("changed many")
    assert "Alice" in page
    assert "Change tags" not in history(screen, other)
    deeds = together.history(zoe, 10)
    assert [(told.verb, told.who) for told in deeds] == [("undo", "Alice"), ("bulk", "Alice")]


def test_an_edit_in_place_that_is_taken_back_is_called_so(screen: Client):
    [zoe] = people(1, city="Lyon")
    version = Contact.objects.get(pk=zoe).version
    sent = {"city": "Nice", "version": version}
    page = screen.post(f"/contacts/{zoe}/field?name=city", sent).content.decode()
    screen.post("/undo", {"undo": page.split('name="undo" value="')[1].split('"')[0]})
    assert Contact.objects.get(pk=zoe).city == "Lyon"
    assert "taken back" in history(screen, zoe)
