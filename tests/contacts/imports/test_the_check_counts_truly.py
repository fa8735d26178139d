"""What the check says will be refused is refused; why is told to each reader in their language."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact
from tests.contacts.imports.sending import take
from tests.contacts.imports.steps import begun, draft, goes, pick
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
# A key, no key, a wrong key, one twice, a stranger, one too many cells.
FILE = (
    "email,city\nana@x.example,Lyon\n,Pau\nnone,Nice\nana@x.example,Nice\n"
    "new@x.example,Metz\na@x.example,b,c\n"
)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.mark.parametrize("mode", ["upsert", "create", "update"])
def test_as_many_are_refused_as_the_check_says(screen: Client, mode: str):
    add(email="ana@x.example")
    at = begun(screen, FILE)
    rules = {"match": "email", "mode": mode, "tags": ""}
    assert screen.post(f"{at}/rules", rules).status_code == 302
    said = screen.get(f"{at}/check").context["look"]["refused"]
    assert Contact.objects.count() == 1
    screen.post(f"{at}/start")
    settle()
    assert said == draft(at).rejected
    assert said == {"upsert": 3, "create": 4, "update": 4}[mode]


def test_who_reaches_only_their_own_is_told_before(client: Client, dora: User, alice: User):
    add(email="ana@x.example", owner=alice.pk)
    client.force_login(dora)
    at = begun(client, "email,owner\nana@x.example,\nbo@x.example,Alice\ncy@x.example,\n")
    said = client.get(f"{at}/check").context["look"]["refused"]
    client.post(f"{at}/start")
    settle()
    assert (said, draft(at).rejected) == (2, 2)


def test_reasons_are_told_in_the_language_of_the_reader(screen: Client, api: Any, alice: User):
    api.credentials(**api._credentials, HTTP_ACCEPT_LANGUAGE="fr")
    cells = f"email;country;first_name\nana@x.example;Erewhon;\n;;\nb@x.example;;{'x' * 600}\n"
    done = take(api, cells + "a;b;c;d\n;FR;\n")
    address = f"/api/v1/imports/{done['id']}/rejects"
    french = api.get(address).getvalue().decode()
    api.credentials(**{**api._credentials, "HTTP_ACCEPT_LANGUAGE": "en"})
    english = api.get(address).getvalue().decode()
    for words in ("No country is known", "At most 500 characters", "more cells", "is missing"):
        assert words in english
        assert words not in french
    assert "La ligne a plus de cellules" in french
    assert "500" in french
    page = screen.get(f"/imports/{done['id']}").content.decode()
    assert "No country is known" in page
    alice.language = "fr"
    alice.save()
    assert "No country is known" not in screen.get(f"/imports/{done['id']}").content.decode()


def test_two_thousand_columns_are_shown_part_by_part(screen: Client):
    names = [f"column {n}" for n in range(1_999)]
    at = begun(screen, f"{','.join(names)},email\n{',' * 1_999}ana@x.example\n")
    page = screen.get(f"{at}/columns")
    assert len(page.content) < 400_000
    assert len(page.context["lines"]) == 200
    assert goes(page) == {"email": "email"}
    assert (page.context["hidden"], page.context["sums"]["skipped"]) == (1_800, 1_999)
    found = screen.get(f"{at}/columns", {"find": "COLUMN 1777"}, headers={"HX-Target": "wizard"})
    assert [line["name"] for line in found.context["lines"]] == ["column 1777"]
    assert b"<html" not in found.content
    more = screen.get(f"{at}/columns", {"shown": "400"})
    assert len(more.context["lines"]) == 400
    picked = pick(screen, at, "column 1777", "city", shown="400")
    assert goes(picked)["column 1777"] == "city"
    assert len(picked.context["lines"]) == 400


def test_a_file_is_at_hand_beside_the_list_of_contacts(screen: Client, client: Client, bob: User):
    assert 'href="/imports/new"' in screen.get("/contacts").content.decode()
    client.force_login(bob)
    assert 'class="btn" href="/imports/new"' not in client.get("/contacts").content.decode()
