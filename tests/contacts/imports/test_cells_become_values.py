"""Cells become values by the conventions of the file; what cannot is refused with its column."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, ContactTag, Field
from kernel import preferences
from tests.contacts.imports.sending import counts, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fields():
    gold = {"value": "gold", "label": "Gold", "labels": {"fr": "Or"}}
    for alias, kind, more in (
        ("spent", "number", {"decimals": 2}),
        ("born", "date", {}),
        ("seen", "datetime", {}),
        ("at", "time", {}),
        ("vegan", "boolean", {}),
        ("level", "select", {"options": [gold, {"value": "tin", "label": "Tin"}]}),
        ("likes", "multiselect", {"options": [{"value": v, "label": v} for v in "abc"]}),
        ("notes", "long_text", {}),
    ):
        Field.objects.create(alias=alias, type=kind, label=alias.title(), **more)


def values(api: APIClient, header: str, *rows: str, **options) -> list[dict]:
    lines = [f"email;{header}", *(f"p{n}@x.example;{row}" for n, row in enumerate(rows))]
    done = take(api, "\n".join(lines) + "\n", **options)
    assert counts(done) == (len(rows), len(rows), 0, 0, 0), reasons(api, done)
    return list(Contact.objects.order_by("id").values_list("attrs", flat=True))


def reasons(api: APIClient, done) -> str:
    return api.get(f"/api/v1/imports/{done['id']}/rejects").getvalue().decode()


def test_numbers_with_a_decimal_comma_or_point(api: APIClient):
    found = values(api, "spent", "12,50", "1.234,5", "1 000 €", "-3", "1.234")
    wanted = ["12.5", "1234.5", "1000", "-3", "1234"]
    assert [row["spent"] for row in found] == [Decimal(number) for number in wanted]


def test_the_decimal_mark_can_be_said(api: APIClient):
    assert values(api, "spent", "1,234", decimal=".") == [{"spent": 1234}]


def test_dates_in_the_order_of_the_file(api: APIClient):
    found = values(api, "born", "31/12/1980", "01/02/2003", "1 mars 1999", "1980-12-31", "5/6/70")
    wanted = ["1980-12-31", "2003-02-01", "1999-03-01", "1980-12-31", "1970-06-05"]
    assert [row["born"] for row in found] == wanted


def test_a_day_that_does_not_exist_is_told_as_such(api: APIClient):
    done = take(api, "email;born\na@x.example;30/02/1980\nb@x.example;31 June 1980\n")
    assert counts(done)[1] == 0
    told = reasons(api, done)
    assert "February has no 30th." in told
    assert "June has no 31st." in told


def test_american_dates_are_told_by_one_that_can_be_nothing_else(api: APIClient):
    found = values(api, "born", "01/02/2003", "12/31/1980")
    assert [row["born"] for row in found] == ["2003-01-02", "1980-12-31"]


@pytest.mark.parametrize(
    ("order", "day"), [("dmy", "2006-05-04"), ("mdy", "2006-04-05"), ("ymd", "2004-05-06")]
)
def test_the_order_of_dates_can_be_said(api: APIClient, order: str, day: str):
    assert values(api, "born", "04/05/06", date_order=order) == [{"born": day}]


def test_moments_without_an_offset_are_the_workspaces(api: APIClient):
    preferences.put("workspace.timezone", "Europe/Paris")
    found = values(api, "seen", "2015-03-16 14:40:47", "16/07/2015 14h40", "2015-03-16T14:40:00Z")
    assert [row["seen"] for row in found] == [
        "2015-03-16T13:40:47.000Z",
        "2015-07-16T12:40:00.000Z",
        "2015-03-16T14:40:00.000Z",
    ]


def test_times_answers_choices_and_texts(api: APIClient):
    header = "at;vegan;level;likes;notes"
    found = values(api, header, '2:30 PM;oui;Or;c|a;"one\ntwo"', "09:05;Non;tin;b;x")
    assert found == [
        {"at": "14:30", "vegan": True, "level": "gold", "likes": ["a", "c"], "notes": "one\ntwo"},
        {"at": "09:05", "vegan": False, "level": "tin", "likes": ["b"], "notes": "x"},
    ]


def test_countries_by_name_in_two_languages_or_by_code(api: APIClient):
    values(api, "country", "Allemagne", "Germany", "de", "DEU")
    assert set(Contact.objects.values_list("country", flat=True)) == {"DE"}


def test_an_address_typed_over_two_lines_is_one(api: APIClient):
    values(api, "address", '"12, rue Haute\nBât. B"')
    assert Contact.objects.get().address == "12, rue Haute Bât. B"


def test_a_column_of_tags_adds_them_beside_those_of_all(api: APIClient):
    values(api, "tags", "vip | Paris", "vip", "", tags=["Fair 2026"])
    found = ContactTag.objects.order_by("contact_id", "tag__name")
    assert list(found.values_list("contact__email", "tag__name")) == [
        ("p0@x.example", "Fair 2026"),
        ("p0@x.example", "Paris"),
        ("p0@x.example", "vip"),
        ("p1@x.example", "Fair 2026"),
        ("p1@x.example", "vip"),
        ("p2@x.example", "Fair 2026"),
    ]


def test_an_empty_cell_keeps_the_value_unless_it_is_to_clear_it(api: APIClient):
    values(api, "city;spent", "Lyon;5")
    kept = take(api, "email;city;spent\np0@x.example;;\n")
    assert (kept["unchanged"], Contact.objects.get().city) == (1, "Lyon")
    cleared = take(api, "email;city;spent\np0@x.example;;\n", empty_clears=True)
    contact = Contact.objects.get()
    assert (cleared["updated"], contact.city, contact.attrs) == (1, None, {})


def test_what_cannot_be_taken_is_refused_with_the_name_of_its_column(api: APIClient):
    rows = "email;Country;Spent;Born\na@x.example;Nowhere;much;31/02/2003\nnone;FR;1;\n"
    done = take(api, rows + "b@x.example;FR;1,999;\nc@x.example;FR;a\0b;\n")
    assert counts(done) == (4, 0, 0, 0, 4)
    text = reasons(api, done)
    for word in ("Country: ", "Spent: ", "Born: ", "Email: "):
        assert word.lower() in text.lower()
