"""Whole lists are put on the suppression list: over REST, by a file, by pasting."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from contacts.models import Suppression
from contacts.services.suppressing import MOST, read

pytestmark = pytest.mark.django_db
BULK = "/api/v1/suppressions/bulk"
SCREEN = "/settings/suppressions/many"


def listed() -> set[tuple[str, str]]:
    return set(Suppression.objects.values_list("kind", "value"))


def post(api: APIClient, *entries: Any) -> Any:
    return api.post(BULK, {"entries": list(entries)}, format="json")


def test_many_are_added_once(api: APIClient):
    wanted = [{"value": "Ana@X.example"}, {"value": "ana@x.example"}]
    wanted += [{"kind": "domain", "value": "@y.example", "reason": "complaint", "comment": "c"}]
    assert post(api, *wanted).json() == {"added": 2, "known": 1, "widened": 0, "rejected": []}
    assert listed() == {("address", "ana@x.example"), ("domain", "y.example")}
    assert post(api, *wanted).json() == {"added": 0, "known": 3, "widened": 0, "rejected": []}
    trail = str(list(AuditEntry.objects.values_list("name", "before", "after")))
    assert "x.example" not in trail


def test_what_is_on_the_list_is_widened_where_that_is_said(
    api: APIClient, client: Client, alice: User
):
    def below() -> dict[str, bool]:
        return dict(Suppression.objects.values_list("value", "below"))

    narrow = [{"kind": "domain", "value": f"{name}.example", "below": False} for name in "abc"]
    post(api, *narrow)
    said = [{"kind": "domain", "value": f"{name}.example"} for name in "abc"]
    assert post(api, *said).json()["widened"] == 0
    told = post(api, {**said[0], "below": True}, narrow[1], {"value": "x@a.example"}).json()
    assert told == {"added": 1, "known": 2, "widened": 1, "rejected": []}
    assert below() == {
        "a.example": True, "b.example": False, "c.example": False, "x@a.example": False,
    }  # fmt: skip
    one = "/api/v1/suppressions"
    assert api.post(one, said[1]).status_code == 409
    assert api.post(one, {**said[1], "below": True}).json()["below"] is True
    assert api.post(one, {**said[1], "below": True}).status_code == 409
    client.force_login(alice)
    pasted = {"pasted": "c.example", "reason": "manual", "below": "on"}
    assert client.post(SCREEN, pasted).status_code == 302
    assert below()["b.example"] is below()["c.example"] is True


def test_what_cannot_be_read_is_told_line_by_line(api: APIClient):
    answer = post(
        api,
        {"value": "ana@x.example"},
        {"value": "nonsense"},
        {"value": "b@x.example", "kind": "planet", "colour": "red"},
        "c@x.example",
        {"value": "d@x.example"},
    )
    assert answer.status_code == 200
    told = answer.json()
    assert (told["added"], told["known"]) == (2, 0)
    assert [
        (one["index"], sorted((error["field"], error["code"]) for error in one["errors"]))
        for one in told["rejected"]
    ] == [
        (1, [("value", "invalid_email")]),
        (2, [("colour", "unknown_field"), ("kind", "invalid_choice")]),
        (3, [(None, "invalid")]),
    ]
    assert listed() == {("address", "ana@x.example"), ("address", "d@x.example")}
    trail = str(list(AuditEntry.objects.values_list("name", "before", "after")))
    assert "x.example" not in trail


def test_a_full_request_is_taken_and_one_more_is_not(api: APIClient):
    entries = [{"value": f"p{n}@x.example"} for n in range(MOST)]
    assert post(api, *entries, {"value": "more@x.example"}).status_code == 400
    assert post(api).status_code == 400
    assert post(api, *entries).json() == {"added": MOST, "known": 0, "widened": 0, "rejected": []}


def test_rights_hold(api_bob: APIClient, api_charlie: APIClient, client: Client, bob: User):
    assert post(api_bob, {"value": "a@x.example"}).status_code == 403
    assert post(api_charlie, {"value": "a@x.example"}).status_code == 403
    client.force_login(bob)
    assert client.get(SCREEN).status_code == 403


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b"a@x.example\r\nb@x.example\r\n", ["a@x.example", "b@x.example"]),
        (b"\xef\xbb\xbfEmail;Name\na@x.example;Ana\n\n", ["a@x.example"]),
        ("Courriel,Nom\né@x.example,É".encode("cp1252"), ["é@x.example"]),
        ("a@x.example\n".encode("utf-16"), ["a@x.example"]),
        (b'"y.example"\n' + b"0" * 64, ["y.example", "0" * 64]),
        (b"\x00\n\n", []),
    ],
)
def test_lists_are_read_as_people_have_them(content: bytes, values: list[str]):
    assert read(content) == values


def test_a_file_is_taken_and_what_cannot_be_read_stays_on_the_page(client: Client, alice: User):
    client.force_login(alice)
    assert client.get(SCREEN).status_code == 200
    assert "Add many" in client.get("/settings/suppressions").content.decode()
    file = SimpleUploadedFile("list.csv", b"Email,Name\na@x.example,Ana\nx y@z,B\ny.example,C\n")
    answer = client.post(SCREEN, {"file": file, "reason": "complaint", "comment": "agreed"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1 line could not be read" in page
    assert "x y@z</textarea>" in page
    assert listed() == {("address", "a@x.example"), ("domain", "y.example")}
    assert set(Suppression.objects.values_list("reason", "comment")) == {("complaint", "agreed")}


def test_a_pasted_list_is_taken(client: Client, alice: User):
    client.force_login(alice)
    pasted = {"pasted": "a@x.example\ny.example", "reason": "manual", "below": "on"}
    answer = client.post(SCREEN, pasted)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/suppressions")
    assert dict(Suppression.objects.values_list("value", "below")) == {
        "a@x.example": False,
        "y.example": True,
    }
    for bad in (
        {"reason": "manual"},
        {"pasted": "\n".join(["a@x.example"] * (MOST + 1)), "reason": "manual"},
    ):
        assert client.post(SCREEN, bad).status_code == 422
