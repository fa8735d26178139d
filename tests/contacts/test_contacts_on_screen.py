"""The list of contacts: found by words, tokens and filters, in a bounded number of statements."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact, ContactState
from contacts.services.plan import Terms
from contacts.services.upsert import write
from kernel import clock
from tests.resource_contract import ResourceContract


def add(**values: Any) -> Contact:
    """Make a contact as the product does."""
    result = write([values], clock.now(), Terms(mode="create"))
    return Contact.objects.get(pk=result.created[0])


class TestContacts(ResourceContract):
    base = "/contacts"
    change = {"city": "Chamonix"}

    def make(self, number: int, owner: User | None = None) -> Contact:
        return add(
            email=f"p{number}@example.com",
            first_name=f"Name{number:02}",
            owner=owner.pk if owner else None,
        )

    def fields(self, number: int) -> dict[str, Any]:
        return {"email": f"p{number}@example.com", "first_name": f"Name{number:02}"}

    def confirmed(self, item: Contact) -> dict[str, Any]:
        return {"typed": item.email}

    def test_names_cannot_break_out(self, screen: Client):
        add(first_name='<img src=x onerror="alert(1)">', email="x@example.com")
        for address in ("/contacts", f"/contacts/{Contact.objects.get().pk}", "/find?q=onerror"):
            assert "<img src=x" not in screen.get(address).content.decode()

    def shown(self, item: Contact) -> str:
        return str(item.first_name)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def names(client: Client, **query: Any) -> list[str]:
    page = client.get("/contacts", query)
    return [row.shown_name for row, _cells in page.context["rows"]]


@pytest.mark.django_db
def test_people_are_found_by_words_without_regard_to_accents(screen: Client):
    add(first_name="Anne-Sophie", last_name="Lefèbvre", email="as@cmbh.example")
    add(first_name="Éric", last_name="Nguyễn", email="eric@mail.example")
    assert names(screen, q="lefeb") == ["Anne-Sophie Lefèbvre"]
    assert names(screen, q="NGUYEN er") == ["Éric Nguyễn"]
    assert names(screen, q="ér") == ["Éric Nguyễn"]
    assert names(screen, q="as@cmbh") == ["Anne-Sophie Lefèbvre"]
    assert names(screen, q="ebvr") == ["Anne-Sophie Lefèbvre"]
    assert names(screen, q="100%") == names(screen, q="\\") == []


@pytest.mark.django_db
def test_tokens_and_filters_narrow_the_list(screen: Client, api: Any):
    ada = add(first_name="Ada", email="ada@example.com", country="FR")
    add(first_name="Bea")
    api.patch(f"/api/v1/contacts/{ada.pk}", {"tags": ["ski club"]}, format="json")
    assert names(screen, q='tag:"Ski Club"') == ["Ada"]
    assert names(screen, q="tag:nothing") == []
    assert names(screen, q="email:ada") == ["Ada"]
    assert names(screen, reach="none") == ["Bea"]
    tree = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    page = screen.get("/contacts", {"filter": json.dumps(tree)})
    assert [row.pk for row, _cells in page.context["rows"]] == [ada.pk]
    assert "country" in page.content.decode().lower()
    assert len(names(screen, filter="{")) == 2
    made = api.post("/api/v1/segments", {"name": "By hand", "filter": None}, format="json")
    segment = made.json()["id"]
    api.post(f"/api/v1/segments/{segment}/contacts", {"add": [str(ada.pk)]}, format="json")
    assert names(screen, segment=segment) == names(screen, q='segment:"by hand"') == ["Ada"]


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["name", "points", "activity_rank", "last_active", "created_at"])
def test_every_order_has_everybody_once(screen: Client, sort: str):
    for number in range(60):
        add(email=f"p{number}@example.com", last_name=f"L{number % 7}")
    for order in (sort, f"-{sort}"):
        page = screen.get("/contacts", {"sort": order})
        rest = screen.get(f"/contacts?{page.context['older']}")
        shown = [row.pk for each in (page, rest) for row, _cells in each.context["rows"]]
        assert len(shown) == len(set(shown)) == 60


@pytest.mark.django_db
def test_the_most_active_come_first_and_the_unrated_last(screen: Client, api: Any):
    low, none, high = (add(email=f"{name}@example.com").pk for name in ("low", "none", "high"))
    for contact, rank in ((low, 1), (high, 9)):
        ContactState.objects.filter(contact=contact).update(activity_rank=rank)
    page = screen.get("/contacts", {"sort": "-activity_rank"})
    assert [row.pk for row, _cells in page.context["rows"]] == [high, low, none]
    assert 'aria-sort="descending"><a href="/contacts?sort=activity_rank"' in page.content.decode()
    rows = api.get("/api/v1/contacts?sort=-activity_rank").json()["results"]
    assert [int(row["id"]) for row in rows] == [high, low, none]


@pytest.mark.django_db
def test_the_list_costs_the_same_whatever_it_shows(
    screen: Client, django_assert_max_num_queries: Any
):
    for number in range(50):
        add(email=f"p{number}@example.com", company=f"Company {number}")
    screen.get("/contacts")
    with django_assert_max_num_queries(19):
        screen.get("/contacts")


@pytest.mark.django_db
def test_names_from_outside_break_nothing(screen: Client):
    add(first_name='<img src=x onerror="alert(1)">', email="x@example.com")
    add(first_name="\u202egnp.exe", last_name="\u200b", email="y@example.com")
    add(first_name="\u200b\u2060", email="z@example.com")
    page = screen.get("/contacts").content.decode()
    assert "<img src=x" not in page
    assert "z@example.com" in names(screen)
