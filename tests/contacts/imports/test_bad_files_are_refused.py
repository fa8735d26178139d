"""What cannot be imported is refused at once, with its place, and leaves nothing behind."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from rest_framework.test import APIClient

from contacts.models import Contact, Import
from contacts.services.imports.files import folder
from kernel.models import Job
from tests.contacts.imports.sending import DATA, post, problems, take
from tests.settle import settle

pytestmark = pytest.mark.django_db
GOOD = "email,city\nana@x.example,Lyon\n"


@pytest.fixture(autouse=True)
def nothing_is_left_behind(settings, tmp_path: Path):
    settings.PRIVATE_ROOT = tmp_path
    yield
    assert [path for path in folder().rglob("*") if path.is_file()] == []


def workbook(**parts: bytes) -> bytes:
    """A good spreadsheet, some of whose parts are replaced."""
    book, good, made = Workbook(), BytesIO(), BytesIO()
    book.active.append(["email", "city"])
    book.active.append(["ana@x.example", '=HYPERLINK("http://x.example")'])
    book.save(good)
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.pop(name, old.read(name)))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FILES = {
    "nothing": (b"", "empty"),
    "blank": (b"\xef\xbb\xbf \r\n\r\n", "empty"),
    "no header": ((DATA / "csvkit" / "no_header_row.csv").read_bytes(), "no_header"),
    "addresses only": (b"ana@x.example\nbo@x.example\n", "no_header"),
    "pdf": (b"%PDF-1.7\n" + bytes(range(256)), "not_a_table"),
    "binary": (bytes(range(256)) * 100, "not_a_table"),
    "zip": (b"PK\x03\x04" + b"\0" * 100, "not_a_table"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not_a_table"),
    "web page": (b"<!DOCTYPE html><html><script>alert(1)</script>", "not_a_table"),
    "svg": (b"<svg onload='alert(1)'/>", "not_a_table"),
    "php": (b"<?php system($_GET[0]); ?>", "not_a_table"),
    "damaged spreadsheet": (workbook(**{"xl/workbook.xml": b"<workbook"}), "not_a_table"),
    "entities": (
        workbook(**{SHEET: b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}),
        "not_a_table",
    ),
    "bomb": (workbook(**{SHEET: b"<x>" + b"a" * 40_000_000}), "not_a_table"),
    "large part": (workbook(**{"xl/styles.xml": b"<x/>" * 16_000_000}), "too_large"),
}


@pytest.mark.parametrize("name", FILES)
def test_sec_26_a_file_that_is_no_table_is_refused(api: APIClient, name: str):
    content, code = FILES[name]
    assert problems(post(api, content)) == [("file", code)]
    assert not Import.objects.exists()
    assert not Job.objects.exists()


def test_sec_26_formulas_of_a_spreadsheet_are_values_or_nothing(api: APIClient):
    done = take(api, workbook())
    assert (done["created"], Contact.objects.get().city) == (1, None)


@pytest.mark.parametrize(
    "name",
    ["x.php", "x.svg", "x.jpg.py", "..%2f..%2fx", "..\\x.csv", "a\u202egpj.csv", "n" * 4000, "x. "],
)
def test_sec_22_the_stored_name_is_generated_and_the_shown_one_is_tame(api: APIClient, name: str):
    answer = post(api, GOOD, name=name)
    assert answer.status_code == 201, answer.content
    row = Import.objects.get()
    assert row.file.rsplit("/", 1)[1].isalnum()
    assert len(answer.json()["name"]) <= 255
    assert not set(answer.json()["name"]) & set("/\\\0\u202e")
    settle()


def test_a_file_over_the_limit_is_refused(api: APIClient, settings):
    settings.IMPORT_LARGEST = 100
    assert problems(post(api, GOOD * 10)) == [("file", "too_large")]
