"""What was done to a few at once is listed with large actions, undone there, and told of each."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from contacts.backoffice import together
from contacts.models import Contact
from kernel import clock
from kernel.models import Job
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


def test_the_history_of_each_says_what_was_done_and_undone_by_whom(screen: Client, alice: User):
    zoe, other = people(2)
    do(screen, "tags", [zoe], add="vip")
    token = told(screen)[1]
    assert "Bulk action: Tags: + vip" in history(screen, zoe)
    assert "Bulk action undone" not in history(screen, zoe)
    undo(screen, token)
    page = history(screen, zoe)
    assert page.index("Bulk action undone: Tags: + vip") < page.index("Bulk action: Tags: + vip")
    assert "Alice" in page
    assert "Tags: + vip" not in history(screen, other)
    deeds = together.history(zoe, 10, alice)
    assert [(told.verb, told.who) for told in deeds] == [("undo", "Alice"), ("bulk", "Alice")]


@pytest.mark.parametrize(
    ("action", "sent"),
    [("tags", {"add": "vip"}), ("field", {"field": "city", "values": "Nice"}), ("owner", {})],
)
def test_only_whom_it_changed_is_counted_and_told_of(
    screen: Client, alice: User, action: str, sent: dict[str, Any]
):
    sent = sent or {"owner": alice.pk}
    zoe, other = people(2)
    do(screen, action, [zoe], **sent)
    do(screen, action, [zoe], **sent)
    assert Job.objects.filter(kind="contacts.bulk_action").count() == 1
    do(screen, action, [zoe, other], **sent)
    newest = Job.objects.filter(kind="contacts.bulk_action").latest("pk")
    assert (newest.args["contacts"], newest.progress["done"]) == ([other], 1)
    assert history(screen, zoe).count("Bulk action:") == 1
    assert history(screen, other).count("Bulk action:") == 1


def test_an_undo_is_told_of_those_alone_whom_it_put_back(screen: Client):
    zoe, other = people(2)
    do(screen, "tags", [zoe, other], add="vip")
    token = told(screen)[1]
    do(screen, "tags", [other], remove="vip")
    undo(screen, token)
    assert "Undone for 1 contact" in screen.get(WORK).content.decode()
    assert "Bulk action undone" in history(screen, zoe)
    assert "Bulk action undone" not in history(screen, other)


def test_what_could_not_be_undone_is_not_called_undone(screen: Client):
    [zoe] = people(1)
    do(screen, "tags", [zoe], add="vip")
    token = told(screen)[1]
    do(screen, "tags", [zoe], remove="vip")
    assert undo(screen, token).startswith("Nothing is undone")
    assert "Undone" not in screen.get(WORK).content.decode()
    assert "Bulk action undone" not in history(screen, zoe)


def test_the_history_is_found_by_its_index(screen: Client, alice: User):
    [zoe] = people(1)
    do(screen, "tags", [zoe], add="vip")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        assert len(together.history(zoe, 10, alice)) == 1
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + asked.captured_queries[0]["sql"])
        assert "job_contacts" in str(cursor.fetchall())


def test_an_edit_in_place_that_is_taken_back_is_called_so(screen: Client):
    [zoe] = people(1, city="Lyon")
    version = Contact.objects.get(pk=zoe).version
    sent = {"city": "Nice", "version": version}
    page = screen.post(f"/contacts/{zoe}/field?name=city", sent).content.decode()
    screen.post("/undo", {"undo": page.split('name="undo" value="')[1].split('"')[0]})
    assert Contact.objects.get(pk=zoe).city == "Lyon"
    assert "taken back" in history(screen, zoe)
