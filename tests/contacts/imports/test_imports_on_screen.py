"""A new import on screen, step by step: file, columns, rules, check, and what came of it."""

import re

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.models import Contact, Field, Import
from contacts.services import fields
from contacts.services.imports.files import path_of
from kernel import clock
from tests.contacts.imports.steps import begun, draft, goes, pick, states, upload
from tests.settle import settle

FILE = (
    "Courriel;Prénom;Adhésion;Pointure;Note;OK pour la lettre\n"
    "ana@x.example;Ana;03/11/2024;25,5;RAS;oui\n"
    "bo@x.example;Bo;12/09/2025;27;;non\n"
    "no address;Cy;02/02/2025;28;;\n"
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_a_file_of_a_heading_alone_is_not_said_to_be_long(screen: Client):
    page = screen.get(f"{begun(screen, 'Email;City')}/columns").content.decode()
    assert "0 rows" in page
    assert "more than" not in page


def test_a_file_comes_in_step_by_step_and_nothing_is_written_before_the_last(screen: Client):
    at = begun(screen, FILE)
    page = screen.get(f"{at}/columns")
    assert goes(page) == {"Courriel": "email", "Prénom": "first_name"}
    assert states(page)["Courriel"] == "look"
    assert "1 of 3 rows refused" in page.content.decode()
    pick(screen, at, "Adhésion", "+")
    pick(screen, at, "Pointure", "+")
    screen.post(f"{at}/columns", {"date_order": "dmy"})
    page = pick(screen, at, "OK pour la lettre", "@opt_in")
    assert (goes(page)["Adhésion"], states(page)["Adhésion"]) == ("adhesion", "new")
    assert page.context["look"]["rows"][0]["values"]["pointure"] == 25.5
    rules = {"match": "email", "mode": "upsert", "tags": "ski, Ski", "silence": "unchanged"}
    assert screen.post(f"{at}/rules", rules)["Location"] == f"{at}/check"
    check = screen.get(f"{at}/check").content.decode()
    assert "Import 3 rows" in check
    assert "1 of 3 rows will be refused" in check
    # Of six columns the fifth goes nowhere; who wants mail counts, though it is no field.
    assert "5 of 6" in check
    assert not Contact.objects.exists()
    assert not Field.objects.exists()
    assert screen.post(f"{at}/start")["Location"] == at
    settle()
    done = draft(at)
    assert (done.state, done.read, done.created, done.rejected) == ("done", 3, 2, 1)
    assert set(Field.objects.values_list("alias", "type")) == {
        ("adhesion", "date"),
        ("pointure", "number"),
    }
    ana = Contact.objects.get(email="ana@x.example")
    assert ana.attrs == {"adhesion": "2024-11-03", "pointure": 25.5}
    assert AuditEntry.objects.filter(kind="imports", verb="create", object_id=done.pk).exists()
    page = screen.get(at).content.decode()
    assert "added_by" in page
    assert "no address" in page


def test_a_field_that_refuses_rows_stands_first_in_the_preview(screen: Client):
    at = begun(screen, "Prénom;Courriel\nCy;no address\n")
    assert screen.get(f"{at}/columns").context["preview"]["heads"][0] == "Email"


def test_dates_that_can_be_read_both_ways_are_asked_about_before_anything_starts(screen: Client):
    at = begun(screen, "Email,Birthday\na@x.example,01/02/2026\nb@x.example,04/03/2026\n")
    pick(screen, at, "Birthday", "+")
    page = screen.get(f"{at}/check").content.decode()
    for words in ("1 Feb 2026", "2 Jan 2026", "4 Mar 2026", "3 Apr 2026"):
        assert words in page
    refused = screen.post(f"{at}/start")
    assert refused.status_code == 422
    assert "day or the month comes first" in refused.content.decode()
    assert screen.post(f"{at}/check", {"date_order": "never"}).status_code == 422
    assert screen.post(f"{at}/check", {"date_order": "mdy"})["Location"] == f"{at}/check"
    assert "Month first" not in screen.get(f"{at}/check").content.decode()
    assert screen.post(f"{at}/start")["Location"] == at
    settle()
    born = Contact.objects.order_by("email").values_list("attrs__birthday", flat=True)
    assert list(born) == ["2026-01-02", "2026-04-03"]


@pytest.mark.parametrize(
    "cells", [("01/02/2024 ?",), ("01/02/20245",), ("00/05/2024", "05/00/2024"), ("01/02/0000",)]
)
def test_what_is_no_date_in_either_way_is_not_asked_about(screen: Client, cells: tuple[str, ...]):
    rows = "".join(f"p{place}@x.example,{cell}\n" for place, cell in enumerate(cells))
    fields.create({"label": "Born", "alias": "born", "type": "date"}, clock.now())
    at = begun(screen, f"Email,Birthday\n{rows}")
    pick(screen, at, "Birthday", "born")
    assert "Day first" not in screen.get(f"{at}/check").content.decode()
    at = begun(screen, f"Email,Birthday\n{rows}q@x.example,04/03/2026\n")
    pick(screen, at, "Birthday", "born")
    check = screen.get(f"{at}/check")
    assert [cell for cell, *_read in check.context["which"].examples] == ["04/03/2026"]
    assert "Every date in “Birthday” can be read" in check.content.decode()


def test_of_a_long_file_it_is_said_how_many_rows_were_looked_at(screen: Client):
    rows = "".join(f"p{place}@x.example,01/02/2026\n" for place in range(1_001))
    at = begun(screen, f"Email,Birthday\n{rows}")
    pick(screen, at, "Birthday", "+")
    page = screen.get(f"{at}/check").content.decode()
    assert "Every date in the first 1,000 rows of “Birthday” can be read" in page


def test_what_is_said_of_the_file_is_heard_at_once(screen: Client):
    at = begun(screen, "Courriel,Depuis\nana@x.example,03/04/2024\n")
    pick(screen, at, "Depuis", "+")
    page = screen.get(f"{at}/columns")
    assert states(page)["Depuis"] == "look"
    assert page.context["look"]["rows"][0]["values"]["depuis"] == "2024-04-03"
    page = screen.post(f"{at}/columns", {"date_order": "mdy", "encoding": ""})
    assert page.context["look"]["rows"][0]["values"]["depuis"] == "2024-03-04"
    assert states(page)["Depuis"] == "new"
    # Cut at semicolons there is one column, and what was said of others is forgotten.
    page = screen.post(f"{at}/columns", {"separator": ";"})
    assert [line["name"] for line in page.context["lines"]] == ["Courriel,Depuis"]
    assert "No column of the file is mapped to email" in page.content.decode()
    page = screen.post(f"{at}/columns", {"separator": "", "header": "false"})
    assert [line["name"] for line in page.context["lines"]] == ["Column 1", "Column 2"]


def test_a_file_without_names_of_columns_gets_numbers(screen: Client):
    at = begun(screen, "ana@x.example,Lyon\nbo@x.example,Pau\n")
    page = screen.get(f"{at}/columns")
    assert [line["name"] for line in page.context["lines"]] == ["Column 1", "Column 2"]
    assert goes(pick(screen, at, "Column 1", "email")) == {"Column 1": "email"}


def test_a_field_has_one_column_and_the_last_choice_wins(screen: Client):
    at = begun(screen, "email,a,b\nana@x.example,Ana,Bo\n")
    pick(screen, at, "a", "first_name")
    assert goes(pick(screen, at, "b", "first_name")) == {"email": "email", "b": "first_name"}
    assert goes(pick(screen, at, "b", "")) == {"email": "email"}
    page = pick(screen, at, "email", "created_at")
    assert page.status_code == 422
    assert goes(page) == {"email": "email"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"%PDF-1.7 \0\1\2", "not a text file"), (b"PK\3\4 no book", "not a text")],
)
def test_what_is_no_table_is_refused_where_it_is_chosen(screen: Client, content: bytes, words: str):
    answer = upload(screen, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Import.objects.exists()


def test_sec_22_the_name_of_a_file_proves_and_names_nothing(screen: Client):
    for name in ("x.php", "..%2f..%2fx.html", "..\\x", "a\u202egpj.csv", f"{'x' * 300}.csv"):
        row = draft(begun(screen, FILE, name))
        assert re.fullmatch(r"imports/\d{4}/\d{2}/[0-9a-f]{32}", row.file)
        assert not set(row.name) & set("/\\\u202e")


def test_a_file_too_large_is_refused_before_it_is_read(screen: Client):
    answer = screen.post(
        "/imports/new", b"x", "text/plain", CONTENT_LENGTH=str(settings.IMPORT_LARGEST + 2**20)
    )
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()


def test_uploads_need_the_token_of_the_page(alice: User):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert upload(strict, FILE).status_code == 403
    assert not Import.objects.exists()


def test_a_draft_waits_for_its_owner_and_for_nobody_else(
    screen: Client, alice: User, dora: User, bob: User
):
    at = begun(screen, FILE)
    pick(screen, at, "Pointure", "+")
    screen.logout()
    for user, status in ((dora, 404), (bob, 403)):
        screen.force_login(user)
        for step in ("columns", "rules", "check"):
            assert screen.get(f"{at}/{step}").status_code == status
        for step in ("columns", "rules", "start", "forget"):
            assert screen.post(f"{at}/{step}").status_code == status
        assert screen.get(at).status_code == 404
        assert "people.csv" not in screen.get("/imports").content.decode()
    screen.force_login(alice)
    assert screen.get(at)["Location"] == f"{at}/columns"
    assert "pointure" in goes(screen.get(f"{at}/columns")).values()
    assert f'href="{at}/columns"' in screen.get("/imports/new").content.decode()


def test_a_discarded_draft_leaves_no_file(screen: Client, django_capture_on_commit_callbacks):
    at = begun(screen, FILE)
    stored = path_of(draft(at).file)
    assert stored.exists()
    with django_capture_on_commit_callbacks(execute=True):
        screen.post(f"{at}/forget")
    assert not stored.exists()
    assert screen.get(f"{at}/columns").status_code == 404
