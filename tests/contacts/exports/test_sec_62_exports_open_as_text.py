"""SEC-62: what looks like a formula opens as text, and our own export comes back unchanged."""

import csv
import io
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, Field
from kernel.formulas import guarded
from kernel.sources import Column
from kernel.tables import CsvTable, plain
from tests.contacts.exports.asking import ask, cells_of, content, exported, left_behind, rows_of
from tests.contacts.imports.sending import counts, take
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db
wall = datetime.fromisoformat
FORMULAS = [
    "=1+1",
    "+33 1 23 45 67 89",
    "-2+3",
    "@SUM(A1)",
    "\uff1d1+1",
    '"=1+1"',
    "'=1+1",
    "-5",
    "O'Neill",
    "l'été",
    "a, b; c | d",
    'dit "le Grand"',
]


@pytest.fixture
def people() -> list[Contact]:
    for alias, kind in (
        ("size", "number"),
        ("since", "date"),
        ("seen", "datetime"),
        ("vip", "boolean"),
        ("likes", "multiselect"),
    ):
        options = [{"value": v, "label": v} for v in ("red", "green blue")]
        more = {"options": options} if kind == "multiselect" else {}
        Field.objects.create(alias=alias, label=alias, type=kind, **more)
    made = [
        add(email=f"p{n}@example.com", first_name=text, position=text)
        for n, text in enumerate(FORMULAS)
    ]
    typed = {"size": -5, "since": "2026-02-28", "seen": "2026-02-28T10:00:00.123Z"}
    made.append(add(email="t@example.com", **typed, vip=False, likes=["red", "green blue"]))
    return made


def test_sec_62_formulas_of_a_csv_are_guarded(api: APIClient, people: list[Contact]):
    cells = {row["email"]: row["first_name"] for row in rows_of(api, everything=True)}
    for n, text in enumerate(FORMULAS):
        harmless = text == "-5" or text[0].isalnum()
        assert cells[f"p{n}@example.com"] == (text if harmless else f"'{text}")


def test_sec_62_formulas_of_a_spreadsheet_are_typed_text(api: APIClient, people: list[Contact]):
    data = content(api, exported(api, format="xlsx", everything=True))
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    head = [cell.value for cell in page[1]]
    name, size = head.index("first_name"), head.index("size")
    cells = [line[name] for line in page.iter_rows(min_row=2)][: len(FORMULAS)]
    # Only what looks guarded already has a guard of ours before it.
    assert [
        cell.value.removeprefix("'") if cell.value[:2] == "''" else cell.value for cell in cells
    ] == FORMULAS
    assert {cell.data_type for cell in cells} == {"s"}
    number = page[len(FORMULAS) + 2][size]
    assert (number.value, number.data_type) == (-5, "n")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_our_own_export_comes_back_and_changes_nothing(
    api: APIClient, people: list[Contact], kind: str
):
    tag = api.patch(f"/api/v1/contacts/{people[0].pk}", {"tags": ["a, b"]}, format="json")
    assert tag.status_code == 200, tag.content
    before = list(Contact.objects.order_by("pk").values())
    row = exported(api, format=kind, everything=True)
    file = SimpleUploadedFile(f"people.{kind}", content(api, row)).read()
    done = take(api, file, match="id", mode="update", empty_clears=True, name=f"people.{kind}")
    assert counts(done) == (13, 0, 0, 13, 0)
    assert list(Contact.objects.order_by("pk").values()) == before


def test_moments_of_a_spreadsheet_are_typed_and_come_back_from_any_zone(
    api: APIClient, alice: User
):
    User.objects.filter(pk=alice.pk).update(timezone="America/New_York")
    Field.objects.create(alias="seen", label="Seen", type="datetime")
    # The hour that comes twice, its first and its second time; before a spreadsheet's days begin.
    told = {
        "2026-07-01T03:04:05.678Z": wall("2026-06-30T23:04:05.678"),
        "2026-11-01T05:30:00.000Z": wall("2026-11-01T01:30:00"),
        "2026-11-01T06:30:00.000Z": "2026-11-01T06:30:00.000Z",
        "1850-01-01T00:00:00.000Z": "1850-01-01T00:00:00.000Z",
        "2026-01-01T05:00:00.000Z": wall("2026-01-01T00:00:00"),
    }
    for number, seen in enumerate(told):
        add(email=f"p{number}@example.com", seen=seen)
    data = content(api, exported(api, format="xlsx", everything=True, columns=["id", "seen"]))
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    lines = [line[1] for line in page.iter_rows()]
    assert lines[0].value == "seen (America/New_York)"
    assert [line.value for line in lines[1:]] == list(told.values())
    assert lines[1].number_format == "yyyy-mm-dd hh:mm:ss"
    done = take(api, data, match="id", mode="update", name="people.xlsx")
    assert counts(done) == (5, 0, 0, 5, 0)
    assert list(Contact.objects.order_by("pk").values_list("attrs__seen", flat=True)) == list(told)


def test_the_quick_look_at_cells_guards_what_the_close_one_does():
    for sign in map(chr, range(0x250)):
        for text in (sign, f"{sign}=1", f"{sign}x", f"={sign}"):
            assert plain(text) == guarded(text)


def test_names_of_columns_are_guarded_too():
    into = io.StringIO()
    CsvTable(into, [Column("=1", "One")])
    assert next(csv.reader(io.StringIO(into.getvalue()))) == ["'=1"]


def test_more_digits_than_a_spreadsheet_keeps_stay_text(api: APIClient):
    Field.objects.create(alias="iban", label="I", type="number", decimals=0)
    add(email="x@example.com", iban=12345678901234567)
    assert cells_of(api, everything=True, columns=["iban"])[1] == ["12345678901234567"]


def test_a_text_that_no_cell_holds_is_not_cut(api: APIClient):
    Field.objects.create(object="contact", alias="story", label="Story", type="textarea")
    add(email="long@example.com", story="a" * 32_768)
    asked = ask(api, everything=True, format="xlsx").json()
    settle()
    answer = api.get(f"/api/v1/exports/{asked['id']}").json()
    assert (answer["state"], left_behind()) == ("failed", [])
    assert "CSV" in answer["error"]
    [row] = rows_of(api, everything=True)
    assert len(row["story"]) == 32_768
