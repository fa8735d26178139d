"""A file that waits to be imported keeps nobody who was erased, and brings nobody back."""

import io
import time
import zipfile
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from openpyxl import Workbook, load_workbook
from rest_framework.test import APIClient

from contacts.models import Contact, ForgottenWord, Import, ImportReject
from contacts.services.erase import drop
from contacts.services.imports import erased_rows, traces
from contacts.services.imports.files import path_of
from kernel import clock
from tests.colliding import WAITING
from tests.contacts.imports.sending import post
from tests.contacts.merging import rows
from tests.privacy.traces import found
from tests.settle import settle

pytestmark = pytest.mark.django_db
GONE = "quetzalina@zanzibar.example"
HEADER = "Email;First name;Mobile;Country\r\n"
ROWS = {
    "by her address": f"{GONE.title()};Quetzalina;;FR\r\n",
    "by her address, of several lines": f'{GONE};"Quetzalina\r\nthe second";;FR\r\n',
    "by her number, without an address": ";Quetzalina;06 12 34 56 78;FR\r\n",
    "though refused": f"{GONE};Quetzalina;;Nowhereland\r\n",
}
OTHERS = "olga@example.com;Olga;+33612345678;FR\r\n;Without a key;;\r\nöz@example.com;Öz;;\r\n"


def forget(api: APIClient) -> None:
    """Erase her, who is known already, as somebody on a screen would."""
    known = Contact.objects.get(email_key=GONE)
    assert api.delete(f"/api/v1/contacts/{known.pk}").status_code == 204


@pytest.fixture(autouse=True)
def known(api: APIClient) -> None:
    api.patch("/api/v1/preferences", {"contacts.phone_region": "FR"}, format="json")
    body = {"email": GONE, "first_name": "Quetzalina", "mobile": "+33 6 12 34 56 78"}
    assert api.post("/api/v1/contacts", body, format="json").status_code == 201


@pytest.mark.parametrize("row", ROWS)
def test_a_draft_loses_the_rows_of_who_is_erased(api: APIClient, row: str):
    draft = post(api, (HEADER + ROWS[row] + OTHERS).encode("cp1252"), path="/drafts").json()
    at = f"/api/v1/imports/drafts/{draft['id']}"
    forget(api)
    # At once nobody sees them any more; a moment later they are gone from the disk.
    look = api.get(at).json()["look"]
    assert (look["looked_at"], look["erased"]) == (3, 1)
    assert "quetzalina" not in str(look).lower()
    settle()
    assert found(("quetzalina", "zanzibar")) == []
    stored = path_of(Import.objects.get().file).read_bytes()
    assert stored == (HEADER + "\r\n" + OTHERS).encode("cp1252")
    assert api.get(at).json()["look"]["erased"] == 1
    assert api.post(f"{at}/start").status_code == 201
    settle()
    told = api.get(f"/api/v1/imports/{draft['id']}").json()
    assert (told["read"], told["created"], told["rejected"], told["erased"]) == (3, 2, 1, 1)
    assert not Contact.objects.filter(email_key=GONE).exists()
    assert ImportReject.objects.get().line == 4


def test_an_import_passes_over_who_was_erased_since_it_was_asked_for(api: APIClient):
    asked = post(api, HEADER + "".join(ROWS.values()) + OTHERS, match="email").json()
    forget(api)
    settle()
    told = api.get(f"/api/v1/imports/{asked['id']}").json()
    figures = [told[name] for name in ("read", "created", "rejected", "erased")]
    assert figures == [7, 2, 1, 4]
    assert found(("quetzalina", "zanzibar")) == []


@pytest.mark.django_db(transaction=True)
def test_whoever_is_erased_while_their_row_is_written_stays_so(api: APIClient):
    asked = post(api, HEADER + ROWS["by her address"] + OTHERS).json()
    her, held = Contact.objects.get(email_key=GONE).pk, Event()

    def erase() -> None:
        with transaction.atomic():
            drop([her], clock.now())
            held.set()
            until = time.monotonic() + 20
            while rows(WAITING) == [(0,)] and time.monotonic() < until:
                time.sleep(0.02)
        connection.close()

    other = Thread(target=erase)
    other.start()
    held.wait(20)
    settle()
    other.join()
    told = api.get(f"/api/v1/imports/{asked['id']}").json()
    assert (told["read"], told["erased"]) == (4, 1)
    assert not Contact.objects.filter(email_key=GONE).exists()


def test_who_comes_anew_after_their_erasure_is_taken(api: APIClient):
    forget(api)
    asked = post(api, HEADER + ROWS["by her address"]).json()
    settle()
    told = api.get(f"/api/v1/imports/{asked['id']}").json()
    assert (told["created"], told["erased"]) == (1, 0)


def test_a_book_loses_the_rows_of_who_is_erased(api: APIClient):
    cells = [["Email", "Size", "Since"], [GONE, 42, None], ["olga@example.com", 38.5, None]]
    draft = post(api, book(cells), path="/drafts").json()
    at = f"/api/v1/imports/drafts/{draft['id']}"
    # Counting works on a copy of the sheet, which goes with it.
    api.patch(at, {"options": {"empty_clears": True}}, format="json")
    before = api.get(at).json()["look"]["rows"][1]
    forget(api)
    settle()
    stored = path_of(Import.objects.get().file)
    left = load_workbook(io.BytesIO(stored.read_bytes()))
    assert [[cell.value for cell in row] for row in left.active.rows][2] == cells[2]
    unpacked = " ".join(_unpacked(stored))
    assert "zanzibar" not in unpacked
    assert list(stored.parent.glob(f"{stored.name}.*")) == []
    assert api.get(at).json()["look"]["rows"] == [before]


def book(cells: list[list[Any]]) -> bytes:
    made, content = Workbook(), io.BytesIO()
    for row in cells:
        made.active.append(row)
    made.save(content)
    return content.getvalue()


def _unpacked(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name).decode(errors="ignore") for name in archive.namelist()]


def test_a_key_of_ones_own_names_them_too(api: APIClient):
    field = {"label": "Number", "alias": "number", "type": "text", "unique": True}
    assert api.post("/api/v1/fields", field, format="json").status_code == 201
    settle()
    her = Contact.objects.get(email_key=GONE)
    answer = api.patch(f"/api/v1/contacts/{her.pk}", {"number": "K-1"}, format="json")
    assert answer.status_code == 200
    asked = post(api, "number,first_name\nk-1,Quetzalina\nK-2,Olga\n", match="number").json()
    forget(api)
    settle()
    told = api.get(f"/api/v1/imports/{asked['id']}").json()
    assert (told["created"], told["erased"]) == (1, 1)


def test_hashes_are_kept_no_longer_than_files_wait(api: APIClient):
    draft = post(api, HEADER + OTHERS, path="/drafts").json()
    forget(api)
    settle()
    assert ForgottenWord.objects.exists()
    later = clock.now() + erased_rows.KEPT * 2
    Import.objects.update(updated_at=later)
    traces.clean(clock.now() + erased_rows.KEPT * 2)
    assert ForgottenWord.objects.exists(), "a file from before is still waiting"
    api.delete(f"/api/v1/imports/drafts/{draft['id']}")
    traces.clean(clock.now() + erased_rows.KEPT * 2)
    assert not ForgottenWord.objects.exists()


def test_no_draft_waits_for_ever(api: APIClient):
    post(api, HEADER + OTHERS, path="/drafts")
    later = clock.now() + traces.drafts.LONGEST
    Import.objects.update(updated_at=later)
    traces.clean(later)
    assert not Import.objects.exists()
