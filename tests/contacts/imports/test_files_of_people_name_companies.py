"""Files of people name companies by a unique field: whom they mean, and what is made, at once."""

from threading import Thread

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from contacts.models import Company, Contact, ImportReject
from contacts.services import company_records
from contacts.services.imports.batch import _with_companies, _written
from contacts.services.plan import Terms
from kernel import clock
from kernel.invariants import broken
from tests.colliding import until_somebody_waits
from tests.contacts.imports.sending import counts, take
from tests.contacts.merging import people
from tests.contacts.test_companies_have_unique_fields import SIREN, V1, company, known, refusals


@pytest.fixture
def siren(api: APIClient) -> str:
    return str(api.post(f"{V1}/fields", SIREN | {"unique": True}).json()["id"])


@pytest.mark.django_db
def test_nobody_is_put_into_a_company_with_another_value(api: APIClient, siren):
    vat = api.post(f"{V1}/fields", SIREN | {"label": "VAT", "unique": True})
    assert vat.status_code == 201, vat.content
    company(api, name="Acme", siren="111", vat="FR1")
    company(api, name="Other", siren="333", vat="FR3")
    table = (
        "email,company,number,vat\n"
        "a@x.example,Acme,222,\n"  # Acme has another
        "b@x.example,New,8,\n"
        "c@x.example,NEW,9,\n"  # so has who was just made
        "d@x.example,New,8,FR8\n"
        "e@x.example,Acme,111,FR3\n"  # of two companies
        "f@x.example,Acme,111,FR9\n"  # one is, one is not
        "g@x.example,,222,FR1\n"
        "h@x.example,,7,FR3\n"
        "i@x.example,,111,\n"
        "j@x.example,,,FR8\n"  # made by a row before
    )
    told = {"mapping": {"number": "company.siren", "vat": "company.vat"}}
    done = take(api, table, **told)
    assert counts(done) == (10, 4, 0, 0, 6)
    assert refusals(done) == [
        "company.siren", "company.siren", "company.siren", "company.vat", "company.siren",
        "company.siren",
    ]  # fmt: skip
    codes = ImportReject.objects.filter(import_id=done["id"]).values_list("reasons", flat=True)
    assert {reason["code"] for reasons in codes for reason in reasons} == {"taken"}
    assert dict(Contact.objects.values_list("email", "company__name")) == {
        "b@x.example": "New", "d@x.example": "New", "i@x.example": "Acme", "j@x.example": "New",
    }  # fmt: skip
    assert Company.objects.get(name="New").attrs == {"siren": "8", "vat": "FR8"}
    assert broken() == []


@pytest.mark.django_db
def test_no_company_is_made_for_nobody(api: APIClient, siren):
    company(api, name="Acme")
    people({"email": "a@x.example", "company": "Acme"})
    table = "email,company,number\na@x.example,New,8\nb@x.example,Newer,9\n"
    told = {"mapping": {"number": "company.siren"}}
    done = take(api, table, mode="update", **told)
    assert counts(done) == (2, 0, 1, 0, 1)
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "New"}
    filled = take(api, table.replace("New,8", "Third,10"), mode="fill", **told)
    assert counts(filled) == (2, 1, 0, 1, 0)
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "New", "Newer"}
    assert set(known()) == {"8", "9"}


@pytest.mark.django_db(transaction=True)
def test_who_makes_the_company_meanwhile_is_waited_for(api: APIClient, siren):
    outcomes: list[list[str]] = []
    row = {"email": "a@x.example", "company": "Other", "company.siren": "8"}

    def file() -> None:
        try:
            with transaction.atomic():
                outcomes.append(_written([row], clock.now(), Terms(), _with_companies).outcomes)
        finally:
            connection.close()

    reader = Thread(target=file)
    with transaction.atomic():
        company_records.create({"name": "Zeta", "siren": "8"}, clock.now())
        reader.start()
        until_somebody_waits()
    reader.join()
    assert outcomes == [["created"]]
    assert Contact.objects.get().company.name == "Zeta"
    assert broken() == []


def file_of(part: int) -> None:
    """Write people of 40 companies, every other one named by a number, too, in many batches."""
    rows = [
        {"email": f"p{part}.{n}@x.example", "company": f"Name {n}"}
        | ({"company.siren": str(n)} if (n + part) % 2 else {})
        for n in range(40)
    ]
    rows = rows if part % 2 else rows[::-1]
    for at in range(0, len(rows), 20):
        with transaction.atomic():
            _with_companies(rows[at : at + 20], clock.now(), Terms())


@pytest.mark.django_db(transaction=True)
def test_files_at_once_never_wait_crosswise(api: APIClient, siren):
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
    assert Company.objects.count() == 40
    assert Contact.objects.filter(company__isnull=False).count() == 160
    assert broken() == []
