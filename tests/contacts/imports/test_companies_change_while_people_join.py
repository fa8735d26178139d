"""Files of companies tell the segments of everybody concerned, and large ones tell once."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from contacts.models import Company
from contacts.services.company_upsert import write_many
from contacts.services.imports import run, terms
from contacts.services.plan import Terms
from kernel import clock
from kernel.jobs import Jobs
from tests.contacts.imports.sending import counts, take
from tests.contacts.merging import people, rows
from tests.settle import settle

COMPANIES = {"object": "company"}


@pytest.mark.django_db(transaction=True)
def test_whoever_is_joining_meanwhile_is_followed(api: APIClient):
    Company.objects.create(name="Acme", attrs={"city": "Lyon"})
    tree = {"all": [{"field": "company.city", "op": "is", "value": "Pau"}]}
    number = api.post("/api/v1/segments", {"name": "Pau", "filter": tree}).json()["id"]
    settle()
    written, end = Event(), Event()

    def file() -> None:
        with transaction.atomic():
            write_many([{"name": "Acme", "city": "Pau"}], clock.now(), Terms(match="name"))
            written.set()
            end.wait(20)
        connection.close()

    writer = Thread(target=file)
    with transaction.atomic():
        (ada,) = people({"company": "acme"})
        writer.start()
        written.wait(0.5)
    # Judged by what the company was: the file is not in yet.
    settle()
    assert written.wait(20)
    settle()
    end.set()
    writer.join()
    settle()
    members = api.get(f"/api/v1/segments/{number}/contacts").json()["results"]
    assert [row["id"] for row in members] == [str(ada)]


@pytest.mark.django_db
def test_a_large_file_of_companies_is_told_once(api: APIClient, monkeypatch):
    monkeypatch.setattr("tests.contacts.imports.sending.settle", work_without_dispatcher)
    monkeypatch.setattr(terms, "SHARED_PASS", 1)
    monkeypatch.setattr(run, "ROWS", 1)
    take(api, "name,city\nAcme,Lyon\nGlobex,Nice\n", **COMPANIES)
    people({"company": "Acme"}, {"company": "Globex"})
    settle()
    done = take(api, "name,city\nAcme,Pau\nGlobex,Metz\n", **COMPANIES)
    assert counts(done) == (2, 0, 2, 0, 0)
    (told,) = rows("SELECT contact_ids, reads FROM change")
    assert told == ([], ["company:city", "company:name", "company:owner"])
    settle()
    take(api, "name,city\nAcme,Pau\nGlobex,Metz\n", **COMPANIES)
    assert rows("SELECT * FROM change") == []


def work_without_dispatcher() -> None:
    while Jobs().work(clock.now()):
        pass
