"""SEC-20: a token that may not see a field has no file of it."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.sensitive.conftest import SECRET, text_of
from tests.accounts.world import World
from tests.cast import client_of
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_sec_20_a_token_that_may_not_see_it_exports_it_into_no_file(
    alice: User, api: APIClient, world: World
):
    narrow = client_of(alice, {"contacts": "write", "exports": "write"})
    for format_ in ("csv", "xlsx"):
        for who, tells in ((api, True), (narrow, False)):
            body = {"everything": True, "format": format_}
            answer = who.post("/api/v1/exports", body, format="json")
            assert answer.status_code == 201, answer.content
            settle()
            file = who.get(f"/api/v1/exports/{answer.json()['id']}/file")
            assert _holds(b"".join(file), format_) is tells, (format_, tells)
    asked = {"everything": True, "columns": ["email", "blood"]}
    assert narrow.post("/api/v1/exports", asked, format="json").status_code == 400


def _holds(content: bytes, format_: str) -> bool:
    if format_ == "csv":
        return SECRET in content.decode()
    with ZipFile(BytesIO(content)) as book:
        return any(SECRET.encode() in book.read(name) for name in book.namelist())


def test_sec_20_a_file_is_fetched_by_who_may_see_all_that_is_in_it(
    alice: User, api: APIClient, world: World
):
    narrow = client_of(alice, {"contacts": "write", "exports": "write"})
    for columns in ([], ["email", "blood"], ["email"]):
        body = {"everything": True, "columns": columns}
        number = api.post("/api/v1/exports", body, format="json").json()["id"]
        settle()
        at = f"/api/v1/exports/{number}/file"
        assert (SECRET in text_of(api.get(at))) is (columns != ["email"])
        answer = narrow.get(at)
        assert SECRET not in text_of(answer)
        assert answer.status_code == (200 if columns == ["email"] else 403), columns
