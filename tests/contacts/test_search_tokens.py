"""What is typed into the search of contacts: tokens are filters, others explain themselves."""

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.services import fields
from kernel import clock
from stages.models import Stage
from tests.contacts.imports.sending import take
from tests.contacts.test_bulk_actions_on_screen import do
from tests.contacts.test_contacts_on_screen import add, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def three(screen: Client, alice: User, bob: User) -> None:
    """Ada is Alice's and a skier, Bea is Bob's and has points, nobody knows how to reach Cy."""
    fields.create({"label": "Boot size", "type": "number", "decimals": 1}, clock.now())
    levels = [{"value": "b", "label": "Beginner"}, {"value": "x", "label": "Expert"}]
    fields.create({"label": "Level", "type": "select", "options": levels}, clock.now())
    ada = add(
        first_name="Ada",
        email="ada@example.com",
        city="Lyon",
        country="FR",
        owner=alice.pk,
        boot_size=25,
        level="x",
    )
    bea = add(first_name="Bea", mobile="+33612345678", city="Le Mans", country="BE", owner=bob.pk)
    add(first_name="Cy", company="Acme & Sons")
    do(screen, "tags", [ada.pk], add="ski club, vip")
    do(screen, "points", [bea.pk], delta="12")
    do(screen, "stage", [bea.pk], stage=Stage.objects.create(name="Customer").pk)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("tag:vip", ["Ada"]),
        ('tag:"Ski Club" -tag:vip', []),
        ("tag:“ski club”", ["Ada"]),
        ("-tag:vip", ["Bea", "Cy"]),
        ("stage:customer", ["Bea"]),
        ('-stage:""', ["Bea"]),
        ("owner:me", ["Ada"]),
        ("owner:bob", ["Bea"]),
        ("-owner:none", ["Ada", "Bea"]),
        ("is:mine", ["Ada"]),
        ("IS:Unowned", ["Cy"]),
        ("is:anonymous", ["Cy"]),
        ("company:acme*", ["Cy"]),
        ('company:"acme & sons"', ["Cy"]),
        ("email:ada", ["Ada"]),
        ("-email:ada", ["Bea", "Cy"]),
        ("city:Lyon", ["Ada"]),
        ('city:"le mans"', ["Bea"]),
        ("city:l* country:FR,BE", ["Ada", "Bea"]),
        ("country:Belgium", ["Bea"]),
        ('city:""', ["Cy"]),
        ("city:*", ["Ada", "Bea"]),
        ("points:>10", ["Bea"]),
        ("points:0..5", ["Ada", "Cy"]),
        ("boot_size:25", ["Ada"]),
        ("level:expert", ["Ada"]),
        ("created_at:>2020-01-01 ad", ["Ada"]),
        ("tag:vip is:mine city:Lyon ada", ["Ada"]),
        ("tag:vip city:Rome", []),
    ],
)
def test_tokens_find_whom_they_mean(screen: Client, typed: str, found: list[str]):
    page = screen.get("/contacts", {"q": typed, "sort": "name"})
    assert [row.shown_name for row, _cells in page.context["rows"]] == found
    assert page.context["query"].problems == ()


def test_a_whole_address_finds_whose_it_is_and_leads_to_merging(screen: Client):
    mine, other = add(email="mg1@plain.example.org"), add(email="mg10@plain.example.org")
    add(email="plain@mg1.example.org", first_name="Org")
    for typed, found in (
        ("MG1@plain.example.org", [mine.email]),
        ("mg1@plain.example.o", [mine.email]),
        ("plain.example.org", [mine.email, other.email, "Org"]),
    ):
        page = screen.get("/contacts", {"q": typed, "sort": "name"})
        assert {row.shown_name for row, _cells in page.context["rows"]} == set(found)
    page = screen.get(f"/contacts/{mine.pk}").content.decode()
    assert page.count(f'href="/contacts/merge?ids={mine.pk}"') == 1
    assert screen.get(f"/contacts/merge?ids={mine.pk}").status_code == 200


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("nonsense:5", "“nonsense:” is not known here"),
        ("tag:nothing", "There is no tag “nothing”."),
        ("stage:nothing", "There is no stage “nothing”."),
        ("owner:nobodyknows", "There is no colleague"),
        ("owner:example.com", "not one colleague alone"),
        ("is:tall", "is:anonymous, is:mine, is:unowned"),
        ("points:many", "“points:many”"),
        ("id:x", "“id:” needs the number"),
        ("city:", "“city:” needs a value"),
    ],
)
def test_what_means_nothing_explains_itself_and_finds_nobody(screen: Client, typed: str, why: str):
    page = screen.get("/contacts", {"q": f"{typed} -tag:vip"}, headers={"HX-Target": "list"})
    assert why in page.content.decode().replace("&#x27;", "'")
    assert page.context["rows"] == []


def test_a_number_finds_one_and_the_filter_of_the_address_holds_as_well(screen: Client):
    ada = add(first_name="Ada", city="Lyon")
    add(first_name="Bea", city="Lyon")
    lyon = json.dumps({"all": [{"field": "city", "op": "is", "value": "Lyon"}]})
    assert names(screen, q=f"id:{ada.pk}") == ["Ada"]
    assert names(screen, q="first_name:ada", filter=lyon) == ["Ada"]
    page = screen.get("/contacts", {"q": "first_name:ada", "filter": lyon})
    kept: Any = json.loads(page.context["query"].filters["filter"])
    assert [part["field"] for part in kept["all"]] == ["city", "first_name"]
    assert "What may be typed here" in page.content.decode()


def test_people_of_an_import_are_found_by_its_number_or_its_file(
    screen: Client, api: APIClient, dora: User
):
    add(first_name="Old", email="old@example.com")
    done = take(api, "email,first_name\nnew@example.com,New\n")
    for typed in (f"import:{done['id']}", "import:PEOPLE.csv"):
        assert names(screen, q=typed) == ["New"]
    assert names(screen, q="import:none.csv") == []
    screen.force_login(dora)
    assert "There is no import" in screen.get(f"/contacts?q=import:{done['id']}").content.decode()
