"""A field of companies that names one only: taken once, found by files, kept through merges."""

from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Company, CompanyIdentifier, Contact, Field, ImportReject
from contacts.services.company_upsert import write_many
from contacts.services.plan import Terms
from kernel import clock
from kernel.invariants import broken
from kernel.locks import again
from tests.contacts.imports.sending import counts, post, problems, take
from tests.settle import settle

V1 = "/api/v1"
SIREN = {"object": "company", "label": "SIREN", "type": "text"}
BY_SIREN = {"object": "company", "match": "siren"}


@pytest.fixture
def siren(api: APIClient) -> str:
    made = api.post(f"{V1}/fields", SIREN | {"unique": True})
    assert made.status_code == 201, made.content
    return made.json()["id"]


def company(api: APIClient, **values):
    made = api.post(f"{V1}/companies", values)
    assert made.status_code == 201, made.content
    return made.json()["id"]


def known() -> dict[str, str]:
    return dict(CompanyIdentifier.objects.filter(former=False).values_list("value", "company"))


def refusals(done) -> list[str]:
    rows = ImportReject.objects.filter(import_id=done["id"]).order_by("line")
    return list(rows.values_list("field", flat=True))


def refused(answer) -> tuple[int, list]:
    told = answer.json()
    return answer.status_code, [(one["field"], one["code"]) for one in told["errors"]]


@pytest.mark.django_db
def test_a_value_is_one_companys_over_rest_and_on_screen(
    api: APIClient, siren, client: Client, alice: User
):
    acme = company(api, name="Acme", siren="552 100 554")
    other = company(api, name="Other", siren="AB1")
    assert refused(api.post(f"{V1}/companies", {"name": "X", "siren": "552100554"})) == (
        409, [("siren", "taken")]
    )  # fmt: skip
    assert refused(api.patch(f"{V1}/companies/{other}", {"siren": "552 100554"})) == (
        409, [("siren", "taken")]
    )  # fmt: skip
    assert not Company.objects.filter(name="X").exists()
    client.force_login(alice)
    page = client.post("/companies/new", {"name": "X", "siren": "ab1"})
    assert page.status_code == 422
    assert "Another company has this value already." in page.content.decode()
    # What one gives up, another may have.
    assert api.patch(f"{V1}/companies/{acme}", {"siren": "1"}).status_code == 200
    assert api.patch(f"{V1}/companies/{other}", {"siren": "552 100 554"}).status_code == 200
    assert api.delete(f"{V1}/companies/{other}").status_code == 204
    assert known() == {"1": int(acme)}
    assert broken() == []


@pytest.mark.django_db
def test_a_field_becomes_unique_unless_values_are_shared(api: APIClient):
    made = api.post(f"{V1}/fields", SIREN).json()
    one, two = company(api, name="A", siren="AB 1"), company(api, name="B", siren="ab 1")
    at = f"{V1}/fields/{made['id']}"
    answer = api.patch(at, {"unique": True})
    assert problems(answer) == [("unique", "duplicates")]
    assert "ab 1" in answer.content.decode()
    api.patch(f"{V1}/companies/{two}", {"siren": "2"})
    assert api.patch(at, {"unique": True}).status_code == 200
    assert known() == {"ab 1": int(one), "2": int(two)}
    assert broken() == []
    assert api.patch(at, {"unique": False}).status_code == 200
    assert company(api, name="C", siren="2")
    assert known() == {}


@pytest.mark.django_db
def test_files_find_companies_by_it(api: APIClient, siren):
    company(api, name="Acme", siren="1", city="Lyon")
    company(api, name="Lacking", city="Nice")
    company(api, name="Has another", siren="9")
    table = (
        "siren,name,city\n"
        "1,Acme France,Pau\n"  # found, and called otherwise now
        "2,Lacking,\n"  # made by its name before its number was known
        "3,New,Metz\n"
        "3,New,Brest\n"  # the same once more
        "4,Has another,\n"  # the name is another company's
        "5,,Dax\n"  # nobody is called nothing
        ",Nameless,\n"  # nothing to be found by
    )
    done = take(api, table, **BY_SIREN)
    assert counts(done) == (7, 1, 3, 0, 3)
    found = {
        row.attrs.get("siren"): (row.name, row.attrs.get("city")) for row in Company.objects.all()
    }
    assert found == {
        "1": ("Acme France", "Pau"),
        "2": ("Lacking", "Nice"),
        "3": ("New", "Brest"),
        "9": ("Has another", None),
    }
    assert refusals(done) == ["name", "name", "siren"]
    # By name, a number that is another's is refused.
    done = take(api, "name,siren\nNew,9\n", object="company", match="name")
    assert counts(done) == (1, 0, 0, 0, 1)
    filled = take(api, "siren,name,city\n1,Other,Dax\n", **BY_SIREN, mode="fill")
    assert counts(filled) == (1, 0, 0, 1, 0)
    assert broken() == []


@pytest.mark.django_db
def test_many_are_written_by_it_over_rest(api: APIClient, api_bob: APIClient, siren):
    acme = company(api, name="Acme", siren="552 100 554")
    rows = [
        {"siren": "552100554", "city": "Lyon"},
        {"siren": "2", "name": "New", "employees": 3},
        {"siren": "3"},
        {"siren": "4", "name": None},
        {"siren": "5", "nothing": 1},
        "6",
        {"siren": "7", "name": "new"},
    ]
    told = api.post(f"{V1}/companies/bulk", {"match": "siren", "companies": rows}).json()
    assert (told["created"], told["updated"], told["unchanged"]) == (1, 1, 0)
    assert told["ids"] == [acme, str(Company.objects.get(name="New").pk), *[None] * 5]
    assert [
        (one["index"], [(error["field"], error["code"]) for error in one["errors"]])
        for one in told["rejected"]
    ] == [
        (2, [("name", "required")]),
        (3, [("name", "required")]),
        (4, [("nothing", "unknown_field")]),
        (5, [(None, "invalid")]),
        (6, [("name", "taken")]),
    ]
    for match in ("city", "email"):
        answer = api.post(f"{V1}/companies/bulk", {"match": match, "companies": rows})
        assert problems(answer) == [("match", "not_unique")]
    assert api_bob.post(f"{V1}/companies/bulk", {"companies": [{"name": "X"}]}).status_code == 403
    assert broken() == []


@pytest.mark.django_db
def test_files_of_people_name_their_company_by_it(api: APIClient, siren):
    acme = company(api, name="Acme", siren="552 100 554")
    lacking = company(api, name="Lacking")
    table = (
        "email,company,number\n"
        "a@x.example,ACME SA,552100554\n"  # whatever they call it
        "b@x.example,,552100554\n"
        "c@x.example,Lacking,7\n"  # known by its name: nothing of it is changed
        "d@x.example,New,8\n"
        "e@x.example,new,8\n"
        "f@x.example,,9\n"  # nobody has it, and it has no name
        "g@x.example,,\n"
    )
    told = {"mapping": {"number": "company.siren"}}
    look = post(api, table, path="/preview", **told).json()
    assert look["mapping"]["number"] == "company.siren"
    done = take(api, table, **told)
    assert counts(done) == (7, 6, 0, 0, 1)
    found = dict(Contact.objects.values_list("email", "company__name"))
    assert found == {
        "a@x.example": "Acme",
        "b@x.example": "Acme",
        "c@x.example": "Lacking",
        "d@x.example": "New",
        "e@x.example": "New",
        "g@x.example": None,
    }
    assert refusals(done) == ["company.siren"]
    new = Company.objects.get(name="New")
    assert known() == {"552100554": int(acme), "8": new.pk}
    assert Company.objects.get(pk=lacking).attrs == {}
    assert counts(take(api, table, **told)) == (7, 0, 0, 6, 1)
    assert broken() == []


@pytest.mark.django_db
def test_only_what_is_unique_can_be_chosen(api: APIClient, client: Client, alice: User, siren):
    for match in ("city", "email", "nothing"):
        answer = post(api, "name,city\nAcme,Lyon\n", object="company", match=match)
        assert problems(answer) == [("options.match", "not_unique")]
    client.force_login(alice)
    draft = post(api, "name,siren\nAcme,1\n", path="/drafts", object="company").json()
    rules = client.get(f"/imports/{draft['id']}/rules").context["form"]
    assert [value for value, _label in rules.fields["match"].choices] == ["name", "siren"]


@pytest.mark.django_db
def test_a_merge_keeps_it(api: APIClient, siren):
    acme, limited, third = (
        company(api, name="Acme", siren="1"),
        company(api, name="Acme Ltd", siren="2"),
        company(api, name="Third"),
    )
    body = {"winner": acme, "losers": [limited]}
    assert api.post(f"{V1}/companies/merge", body).status_code == 202
    settle()
    # The old number finds the one that stayed, which keeps its own.
    assert counts(take(api, "siren,city\n2,Pau\n", **BY_SIREN)) == (1, 0, 1, 0, 0)
    assert Company.objects.get(pk=acme).attrs == {"siren": "1", "city": "Pau"}
    # Until somebody is given it.
    api.patch(f"{V1}/companies/{third}", {"siren": "2"})
    assert known() == {"1": int(acme), "2": int(third)}
    assert broken() == []
    api.post(f"{V1}/companies/merge", {"winner": third, "losers": [acme]})
    # Given to another while the people still move: it is not the survivor's.
    other = company(api, name="Other", siren="1")
    settle()
    assert known() == {"2": int(third), "1": int(other)}
    empty = company(api, name="Empty")
    api.post(f"{V1}/companies/merge", {"winner": empty, "losers": [third]})
    settle()
    assert known() == {"2": int(empty), "1": int(other)}
    assert broken() == []


@pytest.mark.django_db
@pytest.mark.parametrize("unique_meanwhile", [False, True])
def test_who_was_to_become_part_of_a_deleted_company_keeps_it(api: APIClient, unique_meanwhile):
    field = api.post(f"{V1}/fields", SIREN | {"unique": not unique_meanwhile}).json()
    first, second = company(api, name="First", siren="111"), company(api, name="2nd", siren="222")
    winner = company(api, name="Winner")
    body = {"winner": winner, "losers": [first, second]}
    assert api.post(f"{V1}/companies/merge", body).status_code == 202
    if unique_meanwhile:
        assert api.patch(f"{V1}/fields/{field['id']}", {"unique": True}).status_code == 200
    other = company(api, name="Other", siren="222")
    assert api.delete(f"{V1}/companies/{winner}").status_code == 204
    assert known() == {"111": int(first), "222": int(other)}
    # It was given to another meanwhile.
    assert api.get(f"{V1}/companies/{second}").json()["siren"] is None
    taken = api.post(f"{V1}/companies", {"name": "New", "siren": "111"})
    assert refused(taken) == (409, [("siren", "taken")])
    settle()
    assert set(Company.objects.values_list("name", flat=True)) == {"First", "2nd", "Other"}
    assert broken() == []


@pytest.mark.django_db
def test_a_deleted_field_leaves_nothing(api: APIClient, siren):
    company(api, name="Acme", siren="1")
    assert refused(api.delete(f"{V1}/fields/{siren}")) == (409, [(None, "holds_values")])
    assert api.delete(f"{V1}/fields/{siren}?with_values=true").status_code == 204
    settle()
    assert known() == {}
    assert not Field.objects.exists()


def file_of(part: int) -> None:
    """Write 60 companies by slices, as the batches of a file, every other file from its end."""
    rows = [{"siren": f"k{n}", "city": f"City {part}"} for n in range(20)]
    rows += [{"siren": f"n{n}", "name": f"New {n}"} for n in range(40)]
    rows = rows if part % 2 else rows[::-1]
    for at in range(0, len(rows), 15):
        part_of = rows[at : at + 15]
        again(lambda: write_many(part_of, clock.now(), Terms(match="siren")), 8)  # noqa: B023


@pytest.mark.django_db(transaction=True)
def test_files_at_once_make_each_company_once(api: APIClient, siren):
    for number in range(20):
        company(api, name=f"Known {number}", siren=f"k{number}")
    wrong: list[Exception] = []

    def write(part: int) -> None:
        try:
            file_of(part)
        except Exception as problem:  # noqa: BLE001 - told below
            wrong.append(problem)
        finally:
            connection.close()

    writers = [Thread(target=write, args=(part,)) for part in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert wrong == []
    assert Company.objects.count() == 60
    assert len(known()) == 60
    assert broken() == []
