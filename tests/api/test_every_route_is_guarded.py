"""Every route and method of the API, by rule: a new one is tested once registered (SEC-14)."""

import re

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from api.documentation import Schema
from api.doors import Door, doors, views
from api.endpoints import ApiView
from api.permissions import RoleAllows
from kernel.permissions import READING_VERBS, permission_kinds
from tests.cast import client_of

# What anybody signed in may do with their own; everything else belongs to a kind of item.
OWN = {"users/me", "tokens", "tokens/{pk}"}
# The rights of exports are those of what they hold: asked for when made, written and fetched.
OWN |= {"exports", "exports/{pk}", "exports/{pk}/cancel", "exports/{pk}/file"}
OWN |= {"notices", "notices/{pk}", "notices/mark-read", "notices/mark-unread"}


@pytest.fixture
def all_doors() -> list[Door]:
    found = doors()
    assert len(found) > 40
    return found


def knock(client: APIClient, door: Door) -> int:
    path = f"/api/v1/{re.sub('{[a-z]+}', '1', door.path)}"
    return client.generic(door.method, path, b"{}", content_type="application/json").status_code


def test_every_view_stands_behind_the_gate():
    for path, view, _actions in views():
        assert issubclass(view, ApiView), path
        if view is not Schema:
            assert RoleAllows in view.permission_classes, path
            assert view.kind is None or view.kind in permission_kinds, (path, view.kind)
            assert view.kind is not None or path in OWN, path


@pytest.mark.django_db
def test_strangers_find_every_door_closed(stranger: APIClient, all_doors: list[Door]):
    assert {door: knock(stranger, door) for door in all_doors} == dict.fromkeys(all_doors, 401)


@pytest.mark.django_db
def test_the_powerless_find_all_but_their_own_closed(api_charlie: APIClient, all_doors: list[Door]):
    guarded = [door for door in all_doors if door.path not in OWN]
    assert {door: knock(api_charlie, door) for door in guarded} == dict.fromkeys(guarded, 403)


@pytest.mark.django_db
def test_who_may_view_can_do_nothing_else(api_bob: APIClient, all_doors: list[Door]):
    for door in all_doors:
        if door.path in OWN:
            continue
        administrative = permission_kinds.get(str(door.kind)).administrative
        closed = administrative or door.verb != "view"
        status = knock(api_bob, door)
        assert (status == 403) is closed, (door, status)


@pytest.mark.django_db
def test_a_reading_token_writes_nothing(alice: User, all_doors: list[Door]):
    reader = client_of(alice, {"*": "read"})
    for door in all_doors:
        if door.path not in OWN and door.verb not in READING_VERBS:
            assert knock(reader, door) == 403, door


@pytest.mark.django_db
def test_no_door_breaks_when_pushed(api: APIClient, all_doors: list[Door]):
    # Where Alice's user or token is number 1, pushing its door would shut out Alice herself.
    for door in (door for door in all_doors if not re.fullmatch(r"(users|tokens)/{pk}", door.path)):
        status = knock(api, door)
        assert status < 500, (door, status)
        assert status in {200, 201, 202, 204, 400, 404, 405, 409, 415}, (door, status)
