"""Files of companies: matched by name or id, refused with reasons, undone."""

from pathlib import Path

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Company, Contact, Field, Import
from kernel.invariants import broken
from tests.contacts.imports.sending import counts, post, problems, take
from tests.contacts.merging import people
from tests.settle import settle
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
COMPANIES = {"object": "company"}
COMMUNES = ("communes_fr_utf8.csv", "communes_fr_cp1252_semicolon.csv")


def table(name: str = "northwind_customers.csv") -> Path:
    return shared("csv", "companies", name)


def test_northwind_becomes_92_companies(api: APIClient):
    # Its last two rows are of one company.
    done = take(api, table(), **COMPANIES)
    assert counts(done) == (93, 92, 1, 0, 0)
    assert done["options"]["match"] == "name"
    alfreds = Company.objects.get(name="Alfreds Futterkiste")
    assert alfreds.attrs["city"] == "Berlin"
    assert alfreds.attrs["country"] == "DE"
    assert alfreds.attrs["phone"] == "030-0074321"
    again = take(api, table(), **COMPANIES)
    assert counts(again) == (93, 0, 0, 93, 0)
    assert not Contact.objects.exists()
    assert broken() == []


@pytest.mark.parametrize("name", COMMUNES)
def test_5123_communes_come_in_in_either_dialect(api: APIClient, name: str):
    done = take(api, table(name), **COMPANIES)
    assert done["mapping"]["nom"] == "name"
    assert (done["read"], done["rejected"]) == (5123, 0)
    names = Company.objects.count()
    assert done["created"] == names
    assert Company.objects.filter(name="L'Abergement-Clémenciat").exists()


def test_rows_find_their_company_and_say_why_not(api: APIClient):
    take(api, "name,city\nAcme,Lyon\nGlobex,Nice\n", **COMPANIES)
    acme = Company.objects.get(name="Acme")
    (ada,) = people({"company": "acme"})
    segment = {"all": [{"field": "company.city", "op": "is", "value": "Pau"}]}
    made = api.post("/api/v1/segments", {"name": "S", "filter": segment}).json()
    settle()
    done = take(api, "name,city,employees\nACME,Pau,12\nNew,Metz,x\n,Brest,1\n", **COMPANIES)
    assert counts(done) == (3, 0, 1, 0, 2)
    acme.refresh_from_db()
    assert (acme.name, acme.attrs) == ("Acme", {"city": "Pau", "employees": 12})
    settle()
    members = api.get(f"/api/v1/segments/{made['id']}/contacts").json()["results"]
    assert [row["id"] for row in members] == [str(ada)]
    by_id = take(
        api,
        f"id,name\n{acme.pk},Acme France\n{acme.pk + 999},Nobody\n",
        **COMPANIES,
        match="id",
        mode="update",
    )
    assert counts(by_id) == (2, 0, 1, 0, 1)
    acme.refresh_from_db()
    assert acme.name == "Acme France"
    only = take(api, "name\nglobex\nOther\n", **COMPANIES, mode="create")
    assert counts(only) == (2, 1, 0, 0, 1)
    cleared = take(api, "name,city\nglobex,\n", **COMPANIES, empty_clears=True)
    assert counts(cleared) == (1, 0, 1, 0, 0)
    assert Company.objects.get(name="Globex").attrs == {}


def test_settings_of_people_are_refused(api: APIClient):
    for more in (
        {"tags": ["x"]}, {"segment": 1}, {"bounce": {"column": "name"}}, {"match": "email"},
        {"opt_in": {"column": "name"}},
    ):  # fmt: skip
        told = problems(post(api, "name\nAcme\n", **COMPANIES, **more))
        assert told[0][0] == f"options.{next(iter(more))}"
    assert not Import.objects.exists()


def test_new_fields_are_the_companies_own(api: APIClient):
    new = {"SIREN": {"label": "Siren", "type": "text"}}
    take(api, "name,SIREN\nAcme,123\n", **COMPANIES, new_fields=new)
    assert Field.objects.get().object == "company"
    assert Company.objects.get().attrs == {"siren": "123"}


def test_an_import_of_companies_is_undone(api: APIClient):
    done = take(api, "name,city\nAcme,Lyon\nGlobex,Nice\nInitech,Metz\nHooli,Pau\n", **COMPANIES)
    # It changes nothing, and knows it all the same.
    second = take(api, "name,city\nHooli,Pau\n", **COMPANIES)
    people({"company": "Acme"})
    number = Company.objects.get(name="Initech").pk
    api.patch(f"/api/v1/companies/{number}", {"city": "Pau"})
    assert api.post(f"/api/v1/imports/{done['id']}/undo").status_code == 202
    settle()
    row = Import.objects.get(pk=done["id"])
    assert (row.state, row.undone, row.kept) == ("undone", 1, 3)
    assert row.kept_for == {"people": 1, "changed": 1, "other_import": 1}
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "Initech", "Hooli"}
    met = api.get("/api/v1/companies", {"import": second["id"]}).json()["results"]
    assert [one["name"] for one in met] == ["Hooli"]


def test_who_reaches_their_own_companies_touches_no_others(api: APIClient, api_dora, dora: User):
    take(api, "name,city\nAcme,Lyon\n", **COMPANIES)
    done = take(api_dora, "name,city\nAcme,Nice\nHers,Metz\n", **COMPANIES)
    assert counts(done) == (2, 1, 0, 0, 1)
    assert Company.objects.get(name="Hers").owner == dora
    assert Company.objects.get(name="Acme").attrs == {"city": "Lyon"}


def test_companies_are_listed_by_the_import_that_met_them(api: APIClient, api_dora):
    first = take(api, "name,city\nAcme,Lyon\nGlobex,Nice\n", **COMPANIES)["id"]
    second = take(api, "name,city\nAcme,Pau\nInitech,Metz\n", **COMPANIES)["id"]

    def found(value: str) -> list[str]:
        rows = api.get("/api/v1/companies", {"import": value, "sort": "name"}).json()["results"]
        return [row["name"] for row in rows]

    assert found(first) == ["Acme", "Globex"]
    assert found(f"added-{second}") == ["Initech"]
    assert found(f"updated-{second}") == ["Acme"]
    for client, value in ((api, "99999"), (api, "x"), (api_dora, first)):
        answer = client.get("/api/v1/companies", {"import": value})
        assert problems(answer) == [("import", "not_found")]
