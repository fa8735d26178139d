"""People are merged and erased between the look at who they are and the lock: rows are written."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Company, Contact, Import
from contacts.services import company_merge, company_plan, company_upsert, knowing
from contacts.services.erase import erase
from contacts.services.imports import batch
from contacts.services.merge import merge
from contacts.services.plan import Terms
from kernel import clock
from kernel.jobs import Jobs
from kernel.locks import Overtaken, lock_contacts
from tests.contacts.imports.sending import counts, post, take
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
ROWS = 40
FILE = "Email,City\n" + "".join(f"p{n}@x.example,Pau\n" for n in range(ROWS))
BULK = {"match": "email", "contacts": [{"email": f"p{n}@x.example"} for n in range(ROWS)]}
Meanwhile = Callable[[Callable[[], None]], None]


@pytest.fixture
def crowd() -> list[int]:
    return people(*({"email": f"p{n}@x.example", "city": "Lyon"} for n in range(ROWS)))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen whenever a writer is about to lock those whom it found."""

    def happens(deed: Callable[[], None]) -> None:
        def late(contacts):
            deed()
            return lock_contacts(contacts)

        monkeypatch.setattr(knowing, "lock_contacts", late)

    return happens


def merging(crowd: list[int]) -> Callable[[], None]:
    def deed() -> None:
        there = list(
            Contact.objects.filter(pk__in=crowd).order_by("pk").values_list("pk", flat=True)
        )
        # The survivor has the higher number, too: it is not locked in order.
        if len(there) > 2:
            merge(there[1], there[0], clock.now())
            merge(there[2], there[-1], clock.now())

    return deed


def erasing(crowd: list[int]) -> Callable[[], None]:
    def deed() -> None:
        if left := Contact.objects.filter(pk__in=crowd).order_by("pk").first():
            erase(left.pk, clock.now())

    return deed


def test_an_import_goes_through_while_people_are_merged(api: APIClient, crowd, meanwhile):
    meanwhile(merging(crowd))
    assert counts(take(api, FILE)) == (ROWS, 0, ROWS - 2, 2, 0)
    assert set(Contact.objects.values_list("city", flat=True)) == {"Pau"}
    assert Contact.objects.count() == ROWS - 2


def test_an_import_goes_through_while_people_are_erased(api: APIClient, crowd, meanwhile):
    # What happens within a transaction that begins again happens again, too.
    left, deed = iter(range(9)), erasing(crowd)
    meanwhile(lambda: next(left, None) is not None and deed())
    done = take(api, FILE)
    assert done["read"] == ROWS
    assert set(Contact.objects.values_list("city", flat=True)) == {"Pau"}


@pytest.mark.parametrize("deed", [merging, erasing])
def test_many_are_written_at_once_meanwhile(api: APIClient, crowd, meanwhile, deed):
    meanwhile(deed(crowd))
    answer = api.post("/api/v1/contacts/bulk", BULK, format="json")
    assert answer.status_code == 200, answer.content
    assert None not in answer.json()["ids"]


def test_survivors_outside_the_file_are_locked_too(api: APIClient, crowd, meanwhile):
    (older,) = people({"email": "older@x.example"})

    def deed() -> None:
        if Contact.objects.filter(pk=crowd[0]).exists():
            merge(older, crowd[0], clock.now())

    meanwhile(deed)
    answer = api.post("/api/v1/contacts/bulk", BULK, format="json")
    assert answer.json()["ids"] == [str(older), *map(str, crowd[1:])]


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the writer of more than one row always be too late."""
    real = knowing.looked_up

    def late(rows, *others):
        if len(rows) > 1:
            raise knowing.Moved
        return real(rows, *others)

    monkeypatch.setattr("contacts.services.upsert.locked", late)


def test_who_is_always_too_late_is_told_to_come_again(api: APIClient, crowd, overtaken):
    answer = api.post("/api/v1/contacts/bulk", BULK, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0


def test_a_page_says_so_as_well(client: Client, alice: User, crowd, monkeypatch):
    def late(*_rows):
        raise Overtaken

    monkeypatch.setattr("contacts.backoffice.writing.write", late)
    client.force_login(alice)
    client.raise_request_exception = False
    answer = client.post("/contacts/new", {"email": "new@x.example"})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "This was not saved" in answer.content.decode()


def test_a_batch_that_is_always_too_late_is_written_row_by_row(api: APIClient, crowd, overtaken):
    assert counts(take(api, FILE)) == (ROWS, 0, ROWS, 0, 0)


def test_an_import_waits_where_even_one_row_is_too_late(api: APIClient, crowd, monkeypatch):
    def late(*_rows, **_more):
        raise Overtaken

    with monkeypatch.context() as hindered:
        hindered.setattr(batch, "write", late)
        imported = post(api, FILE).json()
        assert Jobs().work(clock.now())
        assert Import.objects.get().state == "running"
    settle()
    done = api.get(f"/api/v1/imports/{imported['id']}").json()
    assert (done["state"], counts(done)) == ("done", (ROWS, 0, ROWS, 0, 0))


def test_a_company_that_became_another_meanwhile_is_not_made_anew(
    api: APIClient, alice: User, monkeypatch
):
    kept, gone = (Company.objects.create(name=name) for name in ("Acme", "Acme Ltd"))
    real = company_plan._known

    def late(ids, *, lock):
        if Company.objects.filter(pk=gone.pk).exists():
            company_merge.start(kept.pk, [gone.pk], clock.now(), alice.pk)
            settle()
        return real(ids, lock=lock)

    monkeypatch.setattr(company_plan, "_known", late)
    rows = [{"name": "Acme Ltd", "city": "Pau"}]
    assert company_upsert.write_many(rows, clock.now(), Terms(match="name")).ids == [kept.pk]
    assert Company.objects.get().attrs["city"] == "Pau"
