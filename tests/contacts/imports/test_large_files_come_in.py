"""Thousands of rows in every dialect, and a large import that is told once."""

import hashlib
import re
import sys
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, Field
from contacts.services.imports.start import Starter, Upload, start
from kernel import clock
from kernel.changes import SHARED_PASS
from kernel.jobs import Jobs
from tests.contacts.imports.people import DIALECTS, Written, rows, table
from tests.contacts.imports.sending import counts, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fields():
    loyalty = {"label": "Points fidélité", "decimals": 2}
    Field.objects.create(alias="loyalty", type="number", **loyalty)
    Field.objects.create(alias="number", type="text", label="N° client")


def everybody() -> str:
    """Digest what is known of everybody, in the order of their numbers."""
    values = ("first_name", "last_name", "email", "city", "postcode", "country", "attrs")
    found = Contact.objects.order_by("attrs__number").values_list(*values)
    return hashlib.sha256(repr(list(found)).encode()).hexdigest()


def check(api: APIClient, size: int, dialects: dict[str, Written]) -> None:
    told = set()
    for name, written in dialects.items():
        done = take(api, table(written, size))
        assert counts(done) == (size, size, 0, 0, 0), name
        told.add(everybody())
        Contact.objects.all().delete()
    assert len(told) == 1


def test_every_dialect_makes_the_same_contacts(api: APIClient):
    check(api, 300, DIALECTS)


@pytest.mark.long
@pytest.mark.parametrize("name", DIALECTS)
def test_twenty_thousand_rows_of_every_dialect(api: APIClient, name: str):
    check(api, 20_000, {name: DIALECTS[name]})
    assert not Contact.objects.exists()


def test_what_was_written_is_what_the_file_says(api: APIClient):
    take(api, table(DIALECTS["cp1252-semicolon-crlf"], 50))
    first, last, email, city, postcode, _country, number, points = list(rows(50))[7]
    contact = Contact.objects.get(attrs__number=number)
    assert (contact.first_name, contact.last_name, contact.email) == (first, last, email)
    assert (contact.city, contact.postcode) == (city, postcode)
    assert str(contact.attrs["loyalty"]) == str(float(points.replace(",", ".")))


def test_a_large_import_is_told_once_and_a_small_one_at_once(api: APIClient, monkeypatch):
    monkeypatch.setattr("tests.contacts.imports.sending.settle", work_without_dispatcher)
    lines = [f"p{number}@x.example,Lyon" for number in range(SHARED_PASS + 1)]
    take(api, "\n".join(["email,city", *lines]) + "\n")
    told = announced()
    everyone = [reads for contacts, reads, bulk in told if not contacts]
    assert len(everyone) == 1
    assert {"event:contacts.created", "field:city", "field:email"} <= set(everyone[0])
    assert all(bulk for _contacts, _reads, bulk in told)
    assert {tuple(reads) for contacts, reads, _bulk in told if contacts} == {()}
    assert sum(len(contacts) for contacts, _reads, _bulk in told) == SHARED_PASS + 1
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM change")
    take(api, "email,city\nq@x.example,Lyon\n")
    [(contacts, reads, bulk), _end] = announced()
    assert (len(contacts), bulk) == (1, False)
    assert set(reads) == {"event:contacts.created", "field:city", "field:email"}


def announced() -> list[tuple[list[int], list[str], bool]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_ids, reads, bulk FROM change ORDER BY id")
        return cursor.fetchall()


def work_without_dispatcher() -> None:
    while Jobs().work(clock.now()):
        pass


def peak_megabytes(*, forget: bool = False) -> float:
    """Return the largest memory of this process since it was last forgotten."""
    if forget:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="measures by /proc")
def test_rel_35_memory_stays_flat_over_two_hundred_thousand_rows(alice: User, tmp_path: Path):
    file = tmp_path / "people.csv"
    for size in (20_000, 200_000):
        file.write_bytes(table(DIALECTS["utf8-comma"], size))
        peak_megabytes(forget=True)
        with file.open("rb") as bytes_in:
            chunks = iter(lambda: bytes_in.read(65_536), b"")
            imported = start(Upload("people.csv", chunks), {}, Starter(alice.pk), clock.now())
        before = peak_megabytes(forget=True)
        work_without_dispatcher()
        imported.refresh_from_db()
        assert (imported.state, imported.read) == ("done", size)
        if size > 20_000:
            # Whatever came before in this process; in all, `./dev bench import` shows it.
            assert peak_megabytes() - before < 60
