"""The count of what empty cells clear: one for each way of taking a file, whole or said to fail."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from openpyxl import Workbook
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Import
from contacts.services.imports import clearing
from contacts.services.imports.files import folder, path_of
from kernel import clock, jobs
from kernel.models import Job
from tests.contacts.imports.sending import post
from tests.contacts.imports.steps import begun, draft
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
KNOWN = [f"p{n}@x.example" for n in range(1_100)]
RULES = {"match": "email", "mode": "upsert", "owner": "", "tags": "", "empty_clears": "yes"}
WHOLE = "Empty cells will clear 1,100 known values: City (1,100)."


@pytest.fixture
def at(client: Client, alice: User) -> str:
    """Return the address of a draft whose empty cells clear values."""
    client.force_login(alice)
    people(*({"email": email, "city": "Lyon"} for email in KNOWN))
    made = begun(client, "\n".join(["email,city", *(f"{email}," for email in KNOWN)]))
    client.post(f"{made}/rules", RULES)
    return made


def counts() -> list[Job]:
    return list(Job.objects.filter(kind=clearing.KIND).order_by("pk"))


def test_rules_that_come_back_are_counted(client: Client, at: str):
    client.get(f"{at}/check")
    client.post(f"{at}/rules", {**RULES, "tags": "spring"})
    client.get(f"{at}/check")
    # The first count meets the other rules.
    settle()
    client.post(f"{at}/rules", RULES)
    assert client.get(f"{at}/check").context["counted"] is False
    settle()
    assert client.post(f"{at}/cleared").context["cleared"] == WHOLE
    assert len(counts()) == 3


def test_a_count_that_fails_is_told_and_not_waited_for(client: Client, at: str):
    client.get(f"{at}/check")
    jobs.cancel(counts()[0].pk, clock.now())
    for page in (client.post(f"{at}/cleared"), client.get(f"{at}/check")):
        said = page.content.decode()
        assert "Empty cells of the first 1,000 rows will clear 1,000 known values" in said
        assert "The other rows could not be counted." in said
        assert f"{at}/cleared" not in said
    assert len(counts()) == 1


def test_a_file_that_went_is_not_waited_for(client: Client, at: str):
    client.get(f"{at}/check")
    path_of(draft(at).file).unlink()
    settle()
    said = client.post(f"{at}/cleared").content.decode()
    assert "The other rows could not be counted." in said
    assert "hx-get" not in said


def test_two_counts_of_a_file_leave_each_other_alone(
    client: Client, at: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clearing, "TURN_SECONDS", 0)
    monkeypatch.setattr(clearing, "ROWS", 300)
    client.get(f"{at}/check")
    (first,) = counts()
    jobs.enqueue(clearing.KIND, first.args, now=clock.now())
    queue = jobs.Jobs()
    for _turn in range(12):
        queue.work(clock.now())
    assert [job.progress.get("whole") for job in counts()] == [True, True]
    assert not list(folder().glob(f"{draft(at).file}.*"))


@pytest.mark.django_db(transaction=True)
def test_who_asks_at_once_has_one_count(at: str):
    row, together = Import.objects.get(pk=draft(at).pk), Barrier(4)

    def ask(_hand: int) -> None:
        try:
            together.wait(20)
            clearing.counted(row, clock.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(ask, range(4)))
    assert len(counts()) == 1


def test_each_sheet_of_a_book_is_counted_for_itself(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clearing, "TURN_SECONDS", 0)
    monkeypatch.setattr(clearing, "ROWS", 300)
    people(*({"email": email, "city": "Lyon", "phone": "12345"} for email in KNOWN))
    book, file = Workbook(), io.BytesIO()
    for name, column in (("one", "city"), ("two", "phone")):
        sheet = book.create_sheet(name)
        for cells in [("email", column), *((email, None) for email in KNOWN)]:
            sheet.append(cells)
    book.save(file)
    told, rules = {}, {"sheet": "one", "empty_clears": True}
    number = post(api, file.getvalue(), "book.xlsx", "/drafts", **rules).json()["id"]
    address = f"/api/v1/imports/drafts/{number}"
    for sheet in ("one", "two"):
        options = {"sheet": sheet, "empty_clears": True}
        assert api.patch(address, {"options": options}, format="json").status_code == 200
        settle()
        told[sheet] = api.get(address).json()["look"]
    assert [look["counted"]["whole"] for look in told.values()] == [True, True]
    assert [look["cleared"] for look in told.values()] == [{"city": 1_100}, {"phone": 1_100}]
    # What was counted once, by the answer to the change, is not counted again.
    assert len(counts()) == 2
    assert api.post(f"{address}/start").status_code == 201
    settle()
    assert api.get(f"/api/v1/imports/{number}").json()["updated"] == 1_100
    assert not list(folder().glob(f"{Import.objects.get(pk=number).file}*"))
