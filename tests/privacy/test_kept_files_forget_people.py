"""A file that waits to be imported keeps nobody who was erased, and brings nobody back."""

import io
import time
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from openpyxl import Workbook
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, ForgottenWord, Import, ImportReject
from contacts.services.erase import drop
from contacts.services.imports import drafts, erased_rows, traces
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


def forget(api: APIClient, who: str = GONE) -> None:
    """Erase her, who is known already, as somebody on a screen would."""
    known = Contact.objects.get(email_key=who)
    assert api.delete(f"/api/v1/contacts/{known.pk}").status_code == 204


@pytest.fixture(autouse=True)
def known(api: APIClient) -> None:
    api.patch("/api/v1/preferences", {"contacts.phone_region": "FR"}, format="json")
    body = {"email": GONE, "first_name": "Quetzalina", "mobile": "+33 6 12 34 56 78"}
    assert api.post("/api/v1/contacts", body, format="json").status_code == 201


@pytest.mark.parametrize("row", ROWS)
def test_a_draft_shows_and_takes_nobody_who_is_erased(api: APIClient, row: str):
    draft = post(api, (HEADER + ROWS[row] + OTHERS).encode("cp1252"), path="/drafts").json()
    at = f"/api/v1/imports/drafts/{draft['id']}"
    forget(api)
    look = api.get(at).json()["look"]
    assert (look["looked_at"], look["erased"]) == (3, 1)
    assert "quetzalina" not in str(look).lower()
    assert api.post(f"{at}/start").status_code == 201
    settle()
    told = api.get(f"/api/v1/imports/{draft['id']}").json()
    assert (told["read"], told["created"], told["rejected"], told["erased"]) == (4, 2, 1, 1)
    assert not Contact.objects.filter(email_key=GONE).exists()
    assert found(("quetzalina", "zanzibar")) == []


def test_before_columns_are_named_rows_of_her_address_alone_are_not_shown(api: APIClient):
    lines = f"who;by\r\n{GONE};nobody\r\nolga@example.com;{GONE}\r\n"
    draft = post(api, lines, path="/drafts", mapping={"who": None, "by": None}).json()
    at = f"/api/v1/imports/drafts/{draft['id']}"
    forget(api)
    look = api.get(at).json()["look"]
    assert (look["looked_at"], look["erased"]) == (1, 1)


def test_the_check_says_the_rows_of_a_file_that_goes_on(api: APIClient, monkeypatch):
    # Two rows are looked at, one of them is hers; there are more.
    for module in ("plan", "drafts"):
        monkeypatch.setattr(f"contacts.services.imports.{module}.SAMPLE", 2)
    post(api, HEADER + ROWS["by her address"] + OTHERS, path="/drafts")
    forget(api)
    assert drafts.look(Import.objects.get(), clock.now())["counted"]["whole"] is False


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


BOOKS: dict[str, tuple[list[list[str]], dict[str, Any]]] = {
    "with a header": ([["Email", "Name"], [GONE, "Q"], ["olga@example.com", "O"]], {}),
    "without one": (
        [[GONE, "Q"], ["olga@example.com", "O"]],
        {"header": False, "mapping": {"Column 1": "email"}},
    ),
    "on another sheet": (
        [["Email", "Name"], [GONE, "Q"], ["olga@example.com", "O"]],
        {"sheet": "Others"},
    ),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_a_book_brings_nobody_back(api: APIClient, kind: str):
    cells, options = BOOKS[kind]
    content = book(cells, options.get("sheet", ""))
    told = imported(api, content, name="people.xlsx", **options)
    assert (told["created"], told["erased"]) == (1, 1)
    assert found(("quetzalina", "zanzibar")) == []


def book(cells: list[list[str]], sheet: str) -> bytes:
    made, content = Workbook(), io.BytesIO()
    page = made.create_sheet(sheet) if sheet else made.active
    for row in cells:
        page.append(row)
    made.save(content)
    return content.getvalue()


# How a key is kept, and how a file may write it.
KEYS = {
    "text": ("K-1", "k-1"),
    "text, composed": ("Zo\u00eb", "Zoe\u0308"),
    "number": ("7", "007"),
    "number, with a comma": ("1.5", "1,50"),
    "url": ("https://example.com/a", "example.com/a"),
    "phone": ("+33 6 99 88 77 66", "06.99.88.77.66"),
}


def test_a_key_of_ones_own_names_them_too(api: APIClient):
    kept = {f"key_{place}": KEYS[kind][0] for place, kind in enumerate(KEYS)}
    for alias, kind in zip(kept, KEYS, strict=True):
        unique(api, alias, kind.partition(",")[0])
    settle()
    her = Contact.objects.get(email_key=GONE)
    answer = api.patch(f"/api/v1/contacts/{her.pk}", kept, format="json")
    assert answer.status_code == 200, answer.content
    lines = [";".join(kept), *(";" * place + KEYS[kind][1] for place, kind in enumerate(KEYS))]
    told = imported(api, "\n".join([*lines, "K-2"]), match="key_0", decimal=",")
    assert (told["created"], told["erased"]) == (1, len(KEYS))


def unique(api: APIClient, alias: str, kind: str = "text") -> None:
    field = {"label": alias, "alias": alias, "type": kind, "unique": True}
    assert api.post("/api/v1/fields", field, format="json").status_code == 201


def imported(api: APIClient, lines: str | bytes, **options: Any) -> dict[str, Any]:
    """Have a file wait while she is erased; return what became of it."""
    asked = post(api, lines, **options)
    assert asked.status_code == 201, asked.content
    forget(api)
    settle()
    told: dict[str, Any] = api.get(f"/api/v1/imports/{asked.json()['id']}").json()
    return told


# Who only stands beside her name, her address or her number is somebody else.
BESIDE = (
    "key;First name;owner;Referred by;Notes;Order;Mobile",
    "K-1;Her colleague;alice@example.com;;;;",
    f"K-2;Her friend;;{GONE};;;",
    f"K-3;Who tells of her;;;Ask {GONE} or 06 12 34 56 78;;",
    "K-4;Who ordered;;;;33612345678;",
    "K-5;Her family;;;;;06 12 34 56 78",
)


def test_others_keep_their_rows(api: APIClient, alice: User):
    unique(api, "key")
    # Whoever works here may be a contact, too.
    assert api.post("/api/v1/contacts", {"email": alice.email}, format="json").status_code == 201
    asked = post(api, "\n".join(BESIDE), match="key")
    assert asked.status_code == 201, asked.content
    forget(api, alice.email)
    forget(api)
    settle()
    told = api.get(f"/api/v1/imports/{asked.json()['id']}").json()
    assert (told["created"], told["erased"]) == (5, 0)


def test_addresses_are_compared_as_they_are_kept(api: APIClient):
    written = ["O'Hara@Example.com", "ΝΊΚΟΣ@example.com"]
    known = [api.post("/api/v1/contacts", {"email": each}, format="json") for each in written]
    asked = post(api, "\n".join(["Email", *written, "hara@example.com"])).json()
    for each in known:
        assert api.delete(f"/api/v1/contacts/{each.json()['id']}").status_code == 204
    settle()
    told = api.get(f"/api/v1/imports/{asked['id']}").json()
    assert (told["created"], told["erased"]) == (1, 2)


NAMED = {90: [GONE, "no country"], 91: [f"'{GONE}' <x", ""], 92: ["", "+33612345678"]}


def test_a_refused_row_written_while_she_was_erased_goes_with_the_import(api: APIClient):
    asked = post(api, HEADER + OTHERS).json()["id"]
    forget(api)
    for line, cells in {**NAMED, 93: ["olga@example.com"]}.items():
        ImportReject.objects.create(import_id=asked, line=line, cells=cells)
    settle()
    assert sorted(ImportReject.objects.values_list("line", flat=True)) == [3, 93]
    # And what an erasure left that ended later than the import goes at night.
    ImportReject.objects.create(import_id=asked, line=90, cells=NAMED[90])
    traces.clean(clock.now())
    assert sorted(ImportReject.objects.values_list("line", flat=True)) == [3, 93]


def test_a_file_that_came_while_she_was_being_erased_is_from_before(api: APIClient):
    begun = clock.now()
    asked = post(api, HEADER + ROWS["by her address"]).json()
    drop([Contact.objects.get(email_key=GONE).pk], begun)
    settle()
    told = api.get(f"/api/v1/imports/{asked['id']}").json()
    assert (told["created"], told["erased"]) == (0, 1)


def test_hashes_are_kept_no_longer_than_files_wait(api: APIClient):
    draft = post(api, HEADER + OTHERS, path="/drafts").json()
    forget(api)
    settle()
    assert ForgottenWord.objects.exists()
    traces.clean(clock.now() + erased_rows.KEPT * 2)
    assert ForgottenWord.objects.exists(), "a file from before is still waiting"
    api.delete(f"/api/v1/imports/drafts/{draft['id']}")
    traces.clean(clock.now() + erased_rows.KEPT * 2)
    assert not ForgottenWord.objects.exists()


def test_no_draft_waits_longer_than_a_week(api: APIClient):
    post(api, HEADER + OTHERS, path="/drafts")
    later = clock.now() + drafts.KEPT
    Import.objects.update(updated_at=later)
    traces.clean(later)
    assert not Import.objects.exists()
