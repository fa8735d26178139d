"""A bulk action on a whole result means whom the list shows, and says how many that are."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from contacts.backoffice import doing
from tests.contacts.test_bulk_actions_on_screen import do, people, tags_of
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"q": "p2"}, [2]),
        ({"q": "email:p3"}, [3]),
        ({"q": "p", "reach": "some"}, [0, 1, 2, 3, 4]),
        ({"q": "p", "reach": "none"}, []),
        ({"q": "p", "owner": "none", "closed": "any"}, []),
        ({"q": "p nothing"}, []),
    ],
)
def test_words_and_answers_mean_to_the_job_what_they_mean_to_the_list(
    screen: Client, search: dict[str, str], found: list[int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(doing, "MOST_AT_ONCE", -1)
    ids = people(5)
    add(first_name="Other")
    shown = screen.get("/contacts", search).context["rows"]
    assert sorted(row.pk for row, _cells in shown) == [ids[n] for n in found]
    do(screen, "tags", [], whole="yes", search=urlencode(search), add="x")
    settle()
    assert [n for n, pk in enumerate(ids) if tags_of(pk)] == found


def test_a_large_result_is_estimated_before_it_runs(
    screen: Client, monkeypatch: pytest.MonkeyPatch
):
    from api import paging
    from backoffice import bulk

    people(8)
    for place in (paging, bulk):
        monkeypatch.setattr(place, "COUNTED_EXACTLY", 5)
    dialog = screen.post("/contacts/bulk/points", {"whole": "yes", "search": ""})
    assert "~" in dialog.content.decode()
