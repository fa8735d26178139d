"""Exports on screen: of the page, the ticked, the whole result; never of everybody by mistake."""

import csv
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.models import Company, Export
from contacts.services.exports.files import path_of
from contacts.services.exports.start import Wanted, queue
from kernel import clock
from kernel.registry import ConfigProblem
from kernel.sources import Chosen
from segments.models import Member, Segment
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def people() -> list[int]:
    return [add(email=f"p{n}@example.com", city="Paris" if n else "Rome").pk for n in range(4)]


def export(screen: Client, at: str = "contacts", **sent: str) -> list[dict[str, str]]:
    """Export by the bulk bar; return the rows of the file."""
    body = {"confirmed": "yes", "format": "csv", "columns": "all", **sent}
    answer = screen.post(f"/{at}/bulk/export", body)
    assert answer.headers.get("HX-Refresh") == "true", answer.content
    settle()
    row = Export.objects.latest("pk")
    assert row.state == "done", row.error
    with path_of(row.file).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def found(rows: list[dict[str, str]]) -> list[int]:
    return [int(row["id"]) for row in rows]


def test_the_dialog_asks_how(screen: Client, people: list[int]):
    dialog = screen.post("/contacts/bulk/export", {"ids": str(people[0])})
    assert 'name="format"' in dialog.content.decode()
    assert not Export.objects.exists()


def test_the_ticked_are_exported(screen: Client, people: list[int]):
    assert found(export(screen, ids=f"{people[2]},{people[0]}")) == [people[0], people[2]]


@pytest.mark.parametrize(
    ("search", "whom"),
    [
        ({"q": "p2"}, [2]),
        ({"q": "email:p3"}, [3]),
        ({"filter": '{"field":"city","op":"is","value":"Paris"}'}, [1, 2, 3]),
        ({"q": "p", "reach": "none"}, []),
        ({"owner": "none"}, [0, 1, 2, 3]),
        ({}, [0, 1, 2, 3]),
    ],
)
def test_the_whole_result_is_what_the_list_shows(
    screen: Client, people: list[int], search: dict[str, str], whom: list[int]
):
    shown = screen.get("/contacts", search).context["rows"]
    assert sorted(row.pk for row, _cells in shown) == [people[n] for n in whom]
    if whom:
        rows = export(screen, whole="yes", search=urlencode(search))
        assert found(rows) == [people[n] for n in whom]


@pytest.mark.parametrize("search", ["tag=99999", "filter=nonsense", "segment=7", "company=8"])
def test_a_search_that_no_longer_holds_exports_nobody(screen: Client, people: list[int], search):
    body = {"confirmed": "yes", "format": "csv", "columns": "all"}
    answer = screen.post("/contacts/bulk/export", {**body, "whole": "yes", "search": search})
    assert answer.status_code == 409
    assert not Export.objects.exists()


def test_an_answer_the_job_does_not_know_exports_nobody(alice: User, people: list[int]):
    search = {"text": "", "answers": {"shoe": "42"}}
    for source in ("contacts.contacts", "contacts.companies"):
        with pytest.raises(ConfigProblem, match="narrowed so"):
            queue(alice, Wanted(source, Chosen(search=search)), clock.now())


def test_only_the_columns_of_the_list(screen: Client, people: list[int]):
    screen.post("/contacts/columns", {"columns": ["field.city", "tags", "created"]})
    rows = export(screen, ids=str(people[0]), columns="shown")
    assert list(rows[0]) == ["id", "first_name", "last_name", "email", "tags", "created_at", "city"]


def test_companies_and_members_of_segments_too(screen: Client, people: list[int]):
    Company.objects.create(name="Brévent")
    Company.objects.create(name="Aiguille")
    rows = export(screen, "companies", whole="yes", search="q=aigu")
    assert [row["name"] for row in rows] == ["Aiguille"]
    now = clock.now()
    segment = Segment.objects.create(name="S", created_at=now, updated_at=now)
    Member.objects.create(segment_id=segment.pk, contact_id=people[1], manual=1, added_at=now)
    page = screen.get(f"/segments/{segment.pk}").content.decode()
    assert f'"search": "segment={segment.pk}"' in page
    assert found(export(screen, whole="yes", search=f"segment={segment.pk}")) == [people[1]]


def test_the_page_leads_to_the_file_and_stops_what_waits(screen: Client, people: list[int]):
    export(screen, whole="yes")
    row = Export.objects.get()
    page = screen.get("/exports").content.decode()
    assert f'href="/exports/{row.pk}/file"' in page
    file = screen.get(f"/exports/{row.pk}/file")
    assert b"".join(file.streaming_content).count(b"@example.com") == 4
    screen.post("/contacts/bulk/export", {"ids": str(people[0]), **_confirmed()})
    waits = Export.objects.latest("pk")
    assert screen.get(f"/exports/{waits.pk}/file")["Location"] == "/exports"
    screen.post(f"/exports/{waits.pk}/stop")
    settle()
    waits.refresh_from_db()
    assert waits.state == "cancelled"
    verbs = AuditEntry.objects.filter(kind="exports").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["create", "download", "create", "cancel"]


def test_who_may_not_export_is_not_offered_it(client: Client, bob: User, people: list[int]):
    client.force_login(bob)
    assert "bulk/export" not in client.get("/contacts").content.decode()
    assert client.post("/contacts/bulk/export", {"ids": "1", **_confirmed()}).status_code == 404


def _confirmed() -> dict[str, Any]:
    return {"confirmed": "yes", "format": "csv", "columns": "all"}
