"""Whoever began work on many is told of its end, once, and led to the list as it is by then."""

import pytest
from django.test import Client

from accounts.models import User
from contacts.backoffice import doing
from kernel.models import Job
from tests.contacts.test_bulk_actions_on_screen import do, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
LIST = {"HTTP_HX_CURRENT_URL": "http://testserver/contacts?q=p&sort=name"}


@pytest.fixture
def screen(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(doing, "MOST_AT_ONCE", 0)
    client.force_login(alice)
    people(3)
    do(client, "tags", [], whole="yes", search="", add="hot")
    client.get("/contacts")
    return client


def polled(client: Client) -> str:
    return client.get("/jobs/open?lines=1", **LIST).content.decode()


def test_its_end_is_announced_once_and_leads_to_the_list(screen: Client, bob: User):
    assert "toast-line" not in polled(screen)
    settle()
    other = Client()
    other.force_login(bob)
    assert "toast-line" not in polled(other)
    said = polled(screen)
    assert 'hx-swap-oob="beforeend:#toasts"' in said
    assert "Change tags: done for 3 contacts" in said
    assert '<a href="/contacts?q=p&amp;sort=name">Show</a>' in said
    assert "toast-line" not in polled(screen)


def test_what_ended_before_anybody_asked_is_announced_on_the_next_page(screen: Client):
    settle()
    assert "done for 3 contacts" in screen.get("/jobs/open").content.decode()


def test_a_failure_leads_to_why_and_a_stop_says_no_more(screen: Client):
    Job.objects.update(state=Job.State.FAILED, error="no")
    assert "Change tags: failed" in polled(screen)
    do(screen, "tags", [], whole="yes", search="", add="cold")
    screen.get("/contacts")
    screen.post(f"/contacts/work/{Job.objects.latest('pk').pk}/stop")
    screen.get("/contacts")
    assert "toast-line" not in polled(screen)


def test_the_list_of_bulk_actions_says_what_it_lists(client: Client, alice: User):
    client.force_login(alice)
    page = client.get("/contacts/work").content.decode()
    assert "for fewer it is done at once and can be undone for an hour" in page


def test_the_sign_of_running_work_turns_no_longer(screen: Client):
    assert "1 job running" in screen.get("/jobs/open").content.decode()
    assert "running-sign" not in polled(screen)
    settle()
    assert 'id="running-sign" hx-swap-oob="innerHTML"' in polled(screen)
