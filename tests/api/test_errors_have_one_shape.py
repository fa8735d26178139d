"""Whatever goes wrong, the answer is JSON of one shape; what nobody expected tells nothing."""

import json

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role, Token, User

pytestmark = pytest.mark.django_db


def shape(answer) -> dict:
    assert answer["Content-Type"] == "application/json"
    body = json.loads(answer.content)
    for error in body["errors"]:
        assert set(error) == {"field", "code", "message"}
        assert error["message"]
    return body["errors"][0]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/", 404),
        ("GET", "/api/v1/users/me/", 404),
        ("GET", "/api/v1/tokens/x", 404),
        ("GET", "/api/v1/tokens/%00", 404),
        ("GET", "/api/v1/" + "x" * 5000, 404),
        ("DELETE", "/api/v1/users/me", 405),
        ("PUT", "/api/v1/tokens", 405),
        ("PATCH", "/api/v1/tokens", 405),
        ("OPTIONS", "/api/v1/tokens", 405),
        ("TRACE", "/api/v1/tokens", 405),
    ],
)
def test_addresses_and_methods_that_are_not_there(
    api: APIClient, method: str, path: str, status: int
):
    answer = api.generic(method, path)
    assert answer.status_code == status
    shape(answer)


def test_a_host_nobody_knows_is_400(api: APIClient):
    answer = api.get("/api/v1/users/me", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    shape(answer)


def test_a_session_needs_the_csrf_token_to_write(alice: User):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.get("/api/v1/users/me").status_code == 200
    answer = browser.post("/api/v1/tokens", {"name": "T"}, content_type="application/json")
    assert answer.status_code == 403
    shape(answer)
    assert not Token.objects.exists()


def test_a_broken_server_gives_a_number_and_nothing_else(api: APIClient, caplog):
    """SEC-65."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE role RENAME COLUMN rights TO somewhere_else")
    answer = api.get("/api/v1/roles")
    assert answer.status_code == 500
    error = shape(answer)
    number = answer.json()["request_id"]
    assert number == answer["X-Request-Id"]
    assert number in error["message"]
    assert number in caplog.text
    assert "somewhere" not in answer.content.decode()
    assert "SELECT" not in answer.content.decode()


def test_what_is_in_use_stays(api: APIClient, dora: User):
    answer = api.delete(f"/api/v1/roles/{dora.role_id}")
    assert answer.status_code == 409
    assert shape(answer)["code"] == "in_use"
    assert Role.objects.filter(pk=dora.role_id).exists()


def test_accept_and_head_change_nothing(api: APIClient):
    assert api.get("/api/v1/users/me", HTTP_ACCEPT="text/html").json()["email"]
    assert api.head("/api/v1/users/me").status_code == 200


def test_messages_speak_the_callers_language(api: APIClient):
    answer = api.get("/api/v1/tokens", {"nmae": 1}, HTTP_ACCEPT_LANGUAGE="fr")
    assert "inconnu" in shape(answer)["message"]


def test_ids_may_be_given_as_numbers_and_come_back_as_text(api: APIClient, dora: User):
    for role in (dora.role_id, str(dora.role_id)):
        answer = api.patch(f"/api/v1/users/{dora.pk}", {"role": role})
        assert answer.json()["role"] == str(dora.role_id)
    for role in (True, 1.0, -1, 0, "x", [1], {}, 2**63, "9" * 30, None):
        answer = api.patch(f"/api/v1/users/{dora.pk}", {"role": role})
        assert (answer.status_code, shape(answer)["field"]) == (400, "role")
