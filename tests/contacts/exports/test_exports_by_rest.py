"""Exports by REST: which rows, which columns, how far, and nobody slips into everybody."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from contacts.models import Company, Export, Field
from kernel import clock
from segments.models import Segment
from tests.contacts.exports.asking import ask, cells_of, exported, left_behind, rows_of
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
PARIS = {"field": "city", "op": "is", "value": "Paris"}


@pytest.fixture
def people(api: APIClient) -> list[str]:
    made = [
        add(email="ana@example.com", first_name="Ana", city="Paris"),
        add(email="ben@example.com", first_name="Ben", city="Rome", company="Brévent"),
        add(email="cyd@example.com", first_name="Cyd", city="Paris"),
    ]
    return [str(one.pk) for one in made]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"filter": PARIS}, ["Ana", "Cyd"]),
        ({"search": "be"}, ["Ben"]),
        ({"search": "cyd", "filter": PARIS}, ["Cyd"]),
        ({"everything": True}, ["Ana", "Ben", "Cyd"]),
        ({"search": "nobody"}, []),
    ],
)
def test_what_is_chosen_is_what_comes(
    api: APIClient, people: list[str], wanted: dict[str, Any], found: list[str]
):
    assert [row["first_name"] for row in rows_of(api, **wanted)] == found


def test_ids_are_taken_in_order_each_once(api: APIClient, people: list[str]):
    rows = rows_of(api, ids=[people[2], people[0], people[2]], columns=["email", "id"])
    assert [list(row) for row in rows] == [["email", "id"]] * 2
    assert [row["id"] for row in rows] == [people[0], people[2]]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"everything": False},
        {"search": ""},
        {"ids": []},
        {"filter": {}},
        {"ids": ["1"], "everything": True},
        {"ids": ["1"], "search": "x"},
        {"everything": True, "filter": PARIS},
        {"everything": True, "columns": ["shoe_size"]},
        {"everything": True, "source": "contacts.nonsense"},
        {"everything": True, "source": "tracking.events"},
        {"everything": True, "format": "pdf"},
        {"filter": {"field": "nonsense", "op": "is", "value": 1}},
        {"filter": {"segment": [99_999], "op": "in"}},
        {"source": "contacts.companies", "filter": PARIS},
    ],
)
def test_what_does_not_say_which_rows_is_refused(api: APIClient, wanted: dict[str, Any]):
    answer = ask(api, **wanted)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["message"]
    assert not Export.objects.exists()


def test_companies_are_exported_with_their_fields(api: APIClient, people: list[str]):
    Field.objects.create(object="company", alias="sector", label="Sector", type="text")
    Company.objects.create(name="Aiguille", attrs={"sector": "Ropes"})
    rows = rows_of(api, source="contacts.companies", everything=True)
    found = [(row["name"], row["sector"], row["people"]) for row in rows]
    assert found == [("Brévent", "", "1"), ("Aiguille", "Ropes", "0")]
    [row] = rows_of(api, source="contacts.companies", search="aigu", columns=["name"])
    assert row == {"name": "Aiguille"}


def test_a_spreadsheet_has_typed_cells(api: APIClient, people: list[str]):
    for alias, kind in (("visits", "number"), ("since", "date"), ("vip", "boolean")):
        Field.objects.create(object="contact", alias=alias, label=alias, type=kind)
    add(email="d@example.com", visits=-5, since="2026-02-28", vip=True)
    columns = ["visits", "since", "vip", "email"]
    head, *_others, [visits, since, vip, email] = cells_of(api, everything=True, columns=columns)
    assert head == columns
    assert (visits, since.date().isoformat(), vip, email) == (
        -5,
        "2026-02-28",
        True,
        "d@example.com",
    )


def test_a_field_deleted_meanwhile_is_left_out(api: APIClient, people: list[str]):
    field = Field.objects.create(object="contact", alias="size", label="Size", type="text")
    ask(api, everything=True, columns=["email", "size"])
    field.delete()
    settle()
    row = Export.objects.get()
    assert (row.state, row.rows) == ("done", 3)


def test_a_segment_deleted_meanwhile_ends_with_a_sentence(api: APIClient, people: list[str]):
    now = clock.now()
    segment = Segment.objects.create(name="S", created_at=now, updated_at=now)
    asked = ask(api, filter={"segment": [segment.pk], "op": "in"}).json()
    segment.delete()
    settle()
    answer = api.get(f"/api/v1/exports/{asked['id']}", headers={"accept-language": "fr"}).json()
    assert (answer["state"], answer["rows"], left_behind()) == ("failed", 0, [])
    assert "filtre" in answer["error"]


def test_a_list_shows_ones_own_and_how_far_they_are(
    api: APIClient, api_bob: APIClient, people: list[str]
):
    row = exported(api, filter=PARIS)
    shown = api.get("/api/v1/exports").json()["results"]
    assert [one["id"] for one in shown] == [str(row.pk)]
    assert shown[0]["chosen"]["search"]["tree"] == PARIS
    assert api_bob.get("/api/v1/exports").json()["results"] == []


def test_nobody_asks_for_more_than_a_few_at_once(api: APIClient):
    answers = [ask(api, everything=True).status_code for _n in range(6)]
    assert answers == [201] * 5 + [400]
