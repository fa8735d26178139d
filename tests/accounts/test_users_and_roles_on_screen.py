"""Users, roles, tokens, audit and profile: who may hand out what, and what is never shown."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, BuiltIn, Role, Token, User
from kernel import clock
from tests.cast import make_user
from tests.resource_contract import ResourceContract


def viewers() -> Role:
    return Role.objects.get(built_in=BuiltIn.VIEWER)


class TestUsers(ResourceContract):
    base = "/settings/users"
    kind = "users"
    named = "last_name"
    owned = False
    change = {"first_name": "Renamed"}

    def make(self, number: int, owner: User | None = None) -> User:
        return make_user(f"User{number:02}", viewers())

    def fields(self, number: int) -> dict[str, Any]:
        return {
            "email": f"user{number:02}@example.com",
            "role": viewers().pk,
            "language": "fr",
            "timezone": "Europe/Paris",
            "is_active": "on",
        }


class TestRoles(ResourceContract):
    base = "/settings/roles"
    kind = "roles"
    owned = False

    def make(self, number: int, owner: User | None = None) -> Role:
        return Role.objects.create(name=f"Role {number:02}", rights={"contacts": {"view": "all"}})

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Role {number:02}", "contacts:view": "own", "*:view": "all"}


pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_the_last_administrator_stays(screen: Client, alice: User):
    sent = TestUsers().fields(1) | {"email": alice.email, "version": alice.version}
    answer = screen.post(f"/settings/users/{alice.pk}/edit", sent)
    assert answer.status_code == 422
    screen.post(f"/settings/users/{alice.pk}/delete")
    assert User.objects.filter(pk=alice.pk).exists()


def test_nobody_hands_out_more_than_they_may(client: Client):
    rights = {"users": {"*": "all"}, "roles": {"*": "all"}}
    hand = make_user("Hand", Role.objects.create(name="Hand", rights=rights))
    client.force_login(hand)
    strong = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    sent = TestUsers().fields(1) | {"role": strong.pk}
    assert client.post("/settings/users/new", sent).status_code == 422
    wide = {"name": "Wide", "contacts:view": "all"}
    assert client.post("/settings/roles/new", wide).status_code == 422
    assert not Role.objects.filter(name="Wide").exists()


def test_what_administrators_may_do_is_changed_by_nobody(screen: Client):
    strong = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    at = f"/settings/roles/{strong.pk}"
    assert f"{at}/edit" not in screen.get(at).content.decode()
    assert screen.get(f"{at}/edit").status_code == 403
    sent = {"name": strong.name, "version": strong.version, "*:view": "all"}
    assert screen.post(f"{at}/edit", sent).status_code == 403
    before = strong.rights
    strong.refresh_from_db()
    assert strong.rights == before


def test_tokens_in_use_stand_before_those_that_ended(screen: Client, alice: User):
    made = [Token.issue(alice, name, now=clock.now())[0] for name in ("old", "ended", "new")]
    made[1].revoke(clock.now())
    tokens = screen.get("/settings/tokens").context["tokens"]
    assert [token.name for token in tokens] == ["new", "old", "ended"]


def test_a_role_keeps_exactly_what_its_matrix_says(screen: Client):
    screen.post("/settings/roles/new", {"name": "Exact", "contacts:view": "own", "*:view": "all"})
    kept = Role.objects.get(name="Exact").rights
    assert kept == {"contacts": {"view": "own"}, "*": {"view": "all"}}


def test_each_choice_of_the_matrix_is_named_in_words(screen: Client, alice: User):
    page = screen.get("/settings/roles/new").content.decode()
    assert '<label class="visually-hidden" for="id_contacts:view">Contacts: view</label>' in page
    assert ">Everything not named below: delete</label>" in page
    assert not re.search(r"visually-hidden[^>]*>[^<]*\w+:\w", page)
    User.objects.filter(pk=alice.pk).update(language="fr")
    assert ">Contacts\u202f: voir</label>" in screen.get("/settings/roles/new").content.decode()


def test_a_token_is_shown_once_and_revoked_for_good(screen: Client, alice: User, bob: User):
    page = screen.post("/settings/tokens", {"name": "CRM", "reach": "read", "days": "30"})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in screen.get("/settings/tokens").content.decode()
    token = Token.objects.get(user=alice, name="CRM")
    assert token.scopes == {"*": "read"}
    others = Token.objects.create(user=bob, name="Bob's", digest="x")
    assert screen.post(f"/settings/tokens/{others.pk}/revoke").status_code == 404
    screen.post(f"/settings/tokens/{token.pk}/revoke")
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/users/me", headers=bearer).status_code == 401


def test_the_trail_shows_before_and_after(screen: Client):
    role = TestRoles().make(1)
    sent = TestRoles().fields(1) | {"version": role.version, "name": "After"}
    screen.post(f"/settings/roles/{role.pk}/edit", sent)
    entry = AuditEntry.objects.get(kind="roles", verb="change")
    page = screen.get(f"/settings/audit/{entry.pk}").content.decode()
    assert "Role 01" in page
    assert "After" in page
    assert screen.get("/settings/audit", {"kind": "roles", "q": "After"}).status_code == 200


def test_the_profile_speaks_the_chosen_language_at_once(screen: Client, alice: User):
    sent = {"first_name": "Alice", "language": "fr", "timezone": "Europe/Paris"}
    page = screen.post("/profile", sent | {"density": "compact"}, follow=True).content.decode()
    assert '<html lang="fr" data-density="compact"' in page
    alice.refresh_from_db()
    assert alice.timezone == "Europe/Paris"
    assert screen.post("/profile", sent | {"timezone": "Moon/Base"}).status_code == 422
