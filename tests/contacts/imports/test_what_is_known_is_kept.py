"""Imports that fill keep every known value; what empty cells would clear is counted before."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Company, Contact, Field
from contacts.services.imports import clearing
from tests.contacts.imports.sending import counts, post, problems, take
from tests.contacts.imports.steps import begun
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_fill_keeps_every_value_that_is_known(api: APIClient):
    Field.objects.create(alias="card", type="text", label="Card", unique=True)
    take(api, "email,city,card,company\nana@x.example,Nice,A 1,Acme\nzoe@x.example,,Z 1,\n")
    rows = (
        "ana@x.example,Lyon,Ana,Z 1,Globex",
        "ana@x.example,Pau,Bea,,",
        "zoe@x.example,Lyon,,,Globex",
        "new@x.example,Metz,,,",
    )
    file = "\n".join(["email,city,first_name,card,company", *rows])
    # Ana has a card: that the one in her row is Zoe's costs nothing.
    assert counts(take(api, file, mode="fill")) == (4, 1, 2, 1, 0)
    assert set(Contact.objects.values_list("city", "first_name", "company__name")) == {
        ("Lyon", None, "Globex"),
        ("Metz", None, None),
        ("Nice", "Ana", "Acme"),
    }
    assert counts(take(api, file, mode="fill")) == (4, 0, 0, 4, 0)
    assert Contact.objects.get(email="ana@x.example").attrs == {"card": "A 1"}
    later = "email,company\nana@x.example,Initech\nbea@x.example,Hooli\nbea@x.example,Initrode\n"
    assert counts(take(api, later, mode="fill")) == (3, 1, 0, 2, 0)
    # Whose name nobody takes is not made.
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "Globex", "Hooli"}
    told = problems(post(api, file, mode="fill", empty_clears=True))
    assert told == [("options.empty_clears", "not_with_fill")]


def test_companies_are_filled_as_well(api: APIClient):
    fill = {"mode": "fill", "object": "company"}
    take(api, "name,city,phone\nacme,Lyon,\nacme,Pau,12345\n", **fill)
    assert counts(take(api, "name,city\nAcme,Nice\n", **fill)) == (1, 0, 0, 1, 0)
    assert Company.objects.get().attrs == {"city": "Lyon", "phone": "12345"}


def test_what_empty_cells_clear_is_counted_before(client: Client, alice: User, api: APIClient):
    client.force_login(alice)
    take(api, "email,city,phone\nana@x.example,Lyon,12345\nbo@x.example,Nice,\n")
    at = begun(client, "email,city,phone\nana@x.example,,\nbo@x.example,,\nnew@x.example,,\n")
    rules = {"match": "email", "mode": "upsert", "owner": "", "tags": ""}
    client.post(f"{at}/rules", {**rules, "empty_clears": ""})
    assert not client.get(f"{at}/check").context["cleared"]
    client.post(f"{at}/rules", {**rules, "empty_clears": "yes"})
    told = client.get(f"{at}/check").context["cleared"]
    assert told == "Empty cells will clear 3 known values: City (2), Phone (1)."
    one = begun(client, "email,city\nana@x.example,\n")
    client.post(f"{one}/rules", {**rules, "empty_clears": "yes"})
    told = client.get(f"{one}/check").context["cleared"]
    assert told == "Empty cells will clear 1 known value: City (1)."
    client.post(f"{at}/start")
    settle()
    assert list(Contact.objects.values_list("city", "phone")) == [(None, None)] * 3
    take(api, "name,city\nAcme,Lyon\n", object="company")
    file, clears = "name,city,phone\nacme,,\n", {"object": "company", "empty_clears": True}
    look = post(api, file, path="/drafts", **clears).json()["look"]
    assert look["cleared"] == {"city": 1}


def test_the_whole_file_is_counted_while_one_looks(
    client: Client, alice: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clearing, "TURN_SECONDS", 0)
    monkeypatch.setattr(clearing, "ROWS", 700)
    client.force_login(alice)
    known = [f"p{n}@x.example,Lyon,12345" for n in range(1_500)]
    take(api, "\n".join(["email,city,phone", *known]))
    # Who comes twice loses what they have once; who is new has nothing to lose.
    rows = [f"p{n}@x.example,,{'' if n % 3 else 12345}" for n in (*range(1_500), 0, 1)]
    at = begun(client, "\n".join(["email,city,phone", *rows, "new@x.example,,", ",,", ""]))
    rules = {"match": "email", "mode": "upsert", "owner": "", "tags": ""}
    client.post(f"{at}/rules", {**rules, "empty_clears": "yes"})
    page = client.get(f"{at}/check")
    assert page.context["counted"] is False
    assert "Empty cells of the first 1,000 rows" in page.context["cleared"]
    assert f'hx-post="{at}/cleared"' in page.content.decode()
    # Before the first row is counted the page keeps what it says.
    assert client.post(f"{at}/cleared").status_code == 204
    settle()
    told = client.post(f"{at}/cleared")
    assert told.context["cleared"] == (
        "Empty cells will clear 2,500 known values: City (1,500), Phone (1,000)."
    )
    assert b"hx-get" not in told.content
    assert client.get(f"{at}/check").context["cleared"] == told.context["cleared"]
    number = at.rsplit("/", 1)[1]
    look = api.get(f"/api/v1/imports/drafts/{number}").json()["look"]
    assert look["counted"] == {"rows": 1_503, "whole": True, "failed": False}
    assert look["cleared"] == {"city": 1_500, "phone": 1_000}
    client.post(f"{at}/rules", {**rules, "empty_clears": ""})
    assert client.get(f"{at}/check").context["counted"] is True
    client.post(f"{at}/rules", {**rules, "empty_clears": "yes"})
    client.post(f"{at}/start")
    settle()
    assert Contact.objects.filter(city__isnull=False).count() == 0
    assert Contact.objects.filter(phone="12345").count() == 500
