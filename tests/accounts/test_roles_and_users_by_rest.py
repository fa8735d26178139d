"""Roles and users by REST keep the contract; nobody grants more than they have (SEC-17)."""

import pytest
from rest_framework.test import APIClient

from accounts.models import BuiltIn, Role, Token, User
from tests.api_contract import ApiContract
from tests.cast import client_of, make_user

MANAGER = {"users": {"*": "all"}, "roles": {"*": "all"}}


class TestRoles(ApiContract):
    path = "/api/v1/roles"
    owned = False

    def body(self, number):
        return {"name": f"Role {number}", "rights": {"*": {"view": "own"}}}

    test_a_viewer_cannot_write = None


class TestUsers(ApiContract):
    path = "/api/v1/users"
    owned = False
    change = {"first_name": "Eve"}

    def body(self, number):
        role = Role.objects.get(built_in=BuiltIn.VIEWER)
        return {"email": f"eve{number}@example.com", "role": str(role.pk)}

    test_a_viewer_cannot_write = None


@pytest.fixture
def manager(db) -> APIClient:
    return client_of(make_user("Manu", Role.objects.create(name="Managers", rights=MANAGER)))


@pytest.mark.parametrize(
    "rights",
    [
        [],
        {"nothing": {}},
        {"users": {"view": "own"}},
        {"*": {"fly": "all"}},
        {"*": {"create": "own"}},
        {"*": {"view": True}},
        {"*": "all"},
        {"*": {"view": ["all"]}},
    ],
)
def test_a_matrix_nobody_understands_is_refused(api: APIClient, rights: object):
    answer = api.post("/api/v1/roles", {"name": "Odd", "rights": rights})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "rights")


def test_nobody_makes_a_role_stronger_than_their_own(manager: APIClient, alice: User):
    strong = {"name": "Strong", "rights": {"*": {"*": "all"}, "administration": {"*": "all"}}}
    assert manager.post("/api/v1/roles", {**strong, "rights": MANAGER}).status_code == 201
    mine = Role.objects.get(name="Managers")
    marketer = Role.objects.get(built_in=BuiltIn.MARKETER)
    administrator = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    rights = {"rights": {**MANAGER, "tokens": {}}}
    assert manager.patch(f"/api/v1/roles/{mine.pk}", rights).status_code == 400
    assert manager.patch(f"/api/v1/roles/{administrator.pk}", rights).status_code in {400, 409}
    assert manager.get(f"/api/v1/roles/{marketer.pk}").status_code == 200


def test_nobody_takes_over_a_stronger_user(manager: APIClient, alice: User):
    at = f"/api/v1/users/{alice.pk}"
    assert manager.patch(at, {"password": "a new and long one"}).status_code == 403
    assert manager.patch(at, {"is_active": False}).status_code == 403
    assert manager.delete(at).status_code == 403
    administrator = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    new = {"email": "eve@example.com", "role": str(administrator.pk)}
    assert manager.post("/api/v1/users", new).status_code == 403
    assert not User.objects.filter(email="eve@example.com").exists()


def test_someone_remains_an_administrator(api: APIClient, alice: User):
    viewer = Role.objects.get(built_in=BuiltIn.VIEWER)
    at = f"/api/v1/users/{alice.pk}"
    for change in ({"role": str(viewer.pk)}, {"is_active": False}):
        answer = api.patch(at, change)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
            409,
            "last_administrator",
        )
    assert api.delete(at).status_code == 409
    alice.refresh_from_db()
    assert alice.is_active


def test_a_password_is_held_against_the_rules_and_never_shown(api: APIClient, bob: User):
    at = f"/api/v1/users/{bob.pk}"
    assert api.patch(at, {"password": "short"}).status_code == 400
    answer = api.patch(at, {"password": "correct horse battery staple"})
    assert "password" not in answer.json()
    bob.refresh_from_db()
    assert bob.check_password("correct horse battery staple")


def test_fields_that_are_not_for_writing_are_refused(api: APIClient, bob: User):
    at = f"/api/v1/users/{bob.pk}"
    for key in ("id", "last_login", "created_at"):
        answer = api.patch(at, {key: "2026-11-22T10:00:00Z"})
        assert answer.json()["errors"][0]["code"] == "read_only"
    assert api.patch(at, {"is_superuser": True}).json()["errors"][0]["code"] == "unknown_field"


def test_a_whole_object_can_be_sent_back_with_one_change(api: APIClient, bob: User):
    at = f"/api/v1/users/{bob.pk}"
    seen = api.get(at).json()
    changed = api.patch(at, {**seen, "signature": "Bob"})
    assert changed.status_code == 200, changed.content
    assert changed.json()["signature"] == "Bob"


def test_addresses_differ_by_more_than_case(api: APIClient, bob: User):
    role = str(bob.role_id)
    answer = api.post("/api/v1/users", {"email": "BOB@Example.com", "role": role})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "email")


def test_a_user_who_is_deleted_takes_their_tokens_along(api: APIClient, bob: User):
    client = client_of(bob)
    assert api.delete(f"/api/v1/users/{bob.pk}").status_code == 204
    assert client.get("/api/v1/users/me").status_code == 401
    assert not Token.objects.filter(user_id=bob.pk).exists()
