"""Bodies that cannot be understood or stored: 400 with the place, never a 500 (SEC-59, SEC-60)."""

import json

import pytest
from rest_framework.test import APIClient

from accounts.models import Token

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/tokens"


def post(api: APIClient, body: bytes, content_type: str = "application/json"):
    return api.generic("POST", TOKENS, body, content_type=content_type)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "parse_error"),
        (b"name=CRM", "parse_error"),
        (b'{"name": "\xff"}', "parse_error"),
        (b'{"name": NaN}', "invalid_number"),
        (b'{"name": Infinity}', "invalid_number"),
        (b'{"name": -Infinity}', "invalid_number"),
        (b'{"name": 1e400}', "invalid_number"),
        (b'{"name": 1e-400}', "invalid_number"),
        (b'{"name": ' + b"9" * 5000 + b"}", "invalid_number"),
        (b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, "too_deep"),
        (b"[" * 10_000, "too_deep"),
        (b'{"scopes": ' + b"[" * 64 + b"]" * 64 + b"}", "too_deep"),
        (b"{" + b",".join(b'"%x":1' % n for n in range(900_000)) + b"}", "too_many_keys"),
        (b'"just text"', "invalid"),
        (b"[]", "invalid"),
        (b"null", "null"),
        (b"5", "invalid"),
    ],
)
def test_a_body_that_is_no_request_is_400(api: APIClient, body: bytes, code: str):
    answer = post(api, body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        (rb'{"name": "a\ud800b"}', "name", "invalid_text"),
        (rb'{"name": "a\u0000b"}', "name", "invalid_text"),
        (rb'{"name": "CRM", "scopes": {"users": ["\u0000"]}}', "scopes.users.0", "invalid_text"),
        (rb'{"name": "CRM", "\u0000": 1}', "\\0", "invalid_text"),
        (rb'{"name": "CRM", "name": "B"}', "name", "duplicate_key"),
        (rb'{"name": "CRM", "scopes": {"a": 1, "a": 2}}', "scopes.a", "duplicate_key"),
        (rb'{"name": "CRM", "expires_at": "2026-11-22T10:00:00"}', "expires_at", "invalid"),
        (rb'{"name": "CRM", "expires_at": "0001-01-01T00:00:00+14:00"}', "expires_at", "invalid"),
        (rb'{"name": "CRM", "expires_at": 5}', "expires_at", "invalid"),
        (rb'{"name": ["CRM"]}', "name", "invalid"),
        (rb'{"name": {}}', "name", "invalid"),
        (rb'{"name": null}', "name", "null"),
        (rb"{}", "name", "required"),
    ],
)
def test_the_answer_names_the_place(api: APIClient, body: bytes, field: str, code: str):
    answer = post(api, body)
    assert answer.status_code == 400, answer.content
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
    assert error["message"]


def test_text_that_only_looks_dangerous_is_kept(api: APIClient):
    name = "\\u0000 {{[[ \N{PILE OF POO} \" ' <b>"
    answer = post(api, json.dumps({"name": name}).encode())
    assert answer.status_code == 201
    assert answer.json()["name"] == name


def test_sixty_four_levels_are_not_too_deep(api: APIClient):
    body = b'{"scopes": ' + b"[" * 63 + b"]" * 63 + b', "name": "}[[[["}'
    assert post(api, body).json()["errors"][0]["code"] != "too_deep"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_more_than_ten_megabytes_is_413(api: APIClient, content_type: str):
    answer = post(api, b" " * (11 * 1024 * 1024), content_type)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["code"] == "too_large"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "x"],
)
def test_another_kind_of_body_is_415(api: APIClient, content_type: str):
    answer = post(api, b'{"name": "CRM"}', content_type)
    assert answer.status_code == 415
    assert answer.json()["errors"]


@pytest.mark.parametrize("query", ["?limit=%00", "?sort=%00", "?nmae=%ff", "?limit=1&limit=2"])
def test_a_query_that_cannot_be_read_is_400(api: APIClient, query: str):
    assert api.get(TOKENS + query).status_code == 400


@pytest.mark.parametrize(
    "limit", ["0", "-1", "x", "1.5", "1e3", "\N{FULLWIDTH DIGIT ONE}", "9" * 5000, ""]
)
def test_a_limit_that_is_no_number_is_400(api: APIClient, limit: str):
    answer = api.get(TOKENS, {"limit": limit})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "limit")


def test_nothing_of_a_refused_body_is_kept(api: APIClient):
    before = Token.objects.count()
    post(api, b'{"name": "CRM", "nmae": 1}')
    assert Token.objects.count() == before
