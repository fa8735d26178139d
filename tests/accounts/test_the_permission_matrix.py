"""SEC-14: every route and method, knocked at by everybody, for one's own and for another's.

Routes come from the resolver, what is expected from the right each asks for; a route of a kind
that `tests/accounts/world.py` cannot make, or that `docs/permissions.md` lacks, fails.
"""

import re

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import User
from api.doors import Door, doors
from backoffice.management.commands.describe_permissions import FILE, table
from kernel.permissions import Reach, permission_kinds
from tests.accounts.world import World, persona
from tests.cast import client_of

pytestmark = pytest.mark.django_db
DONE = {200, 201, 202, 204, 400, 409, 413, 415}
# Who may nothing knocks in `tests/api/test_every_route_is_guarded.py`.
PERSONAS = (
    "view own",
    "view all",
    "edit own",
    "edit own, view all",
    "edit all",
    "administrator",
)
# Only ever one's own, whatever the role.
PERSONAL = {"tokens", "jobs", "imports/drafts", "exports", "notices"}
FILLED = {"channel": "email", "node": "a", "version_number": "1"}
# There is nothing to take away: permitted, and 404.
EMPTY = {
    "DELETE contacts/{number}/do-not-contact/{channel}",
    "DELETE contacts/{number}/restriction",
}
# A broadcast reaches everybody, so it is for who may see everybody.
EVERYBODY = {"POST emails/{pk}/send", "POST sms/{pk}/send"}
# Writes to contacts, whoever they are.
WRITES = {"POST forms/{pk}/submissions"}
# Leads nowhere: runs begin at their email, or text; returned mail comes in another way.
SHUT = {"POST sends": 405, "POST sms-sends": 405, "POST returned-mail": 405}


def place_of(door: Door) -> str:
    """Return what stands before the number."""
    return "imports/drafts" if door.path.startswith("imports/drafts/") else door.path.split("/")[0]


def expected(door: Door, user: User, *, own: bool) -> set[int]:
    """Return the statuses that the documented right allows."""
    if door.kind is not None and user.reach(door.kind, door.verb) is Reach.NONE:
        return {403}
    prefix = place_of(door)
    if "{" not in door.path:
        return {SHUT.get(f"{door.method} {door.path}", 0)} | DONE
    if prefix in PERSONAL:
        return DONE if own else {404}
    kind = permission_kinds.get(door.kind or "")
    mine = own if kind and kind.owned else False
    view = user.reach(door.kind, "view")
    if not (view is Reach.ALL or (view is Reach.OWN and mine)):
        return {404}
    if f"{door.method} {door.path}" in EVERYBODY and user.reach("contacts", "view") < Reach.ALL:
        return {403}
    if f"{door.method} {door.path}" in WRITES and user.reach("contacts", "edit") < Reach.ALL:
        return {403}
    if user.reach(door.kind, door.verb) is Reach.ALL or mine:
        return DONE | ({404} if f"{door.method} {door.path}" in EMPTY else set())
    return {403, 404}


def knock(client: APIClient, door: Door, world: World) -> int:
    """Ask, and undo whatever it did."""
    prefix = place_of(door)
    names = re.findall(r"{(\w+)}", door.path)
    values = {
        name: FILLED.get(name) or str(world.id_of("contacts" if name == "contact" else prefix))
        for name in names
    }
    path = f"/api/v1/{door.path.format(**values)}"
    with transaction.atomic():
        answer = client.generic(door.method, path, b"{}", content_type="application/json")
        transaction.set_rollback(True)
    return answer.status_code


@pytest.mark.parametrize("name", PERSONAS)
def test_every_door_answers_as_its_right_says(name: str, alice: User, api: APIClient):
    user = persona(name)
    client = client_of(user)
    mine, other = World(user, api), World(alice, api)
    wrong = []
    for door in doors():
        if door.path == "users/me":
            continue
        for own, world in ((True, mine), (False, other))[: 2 if "{" in door.path else 1]:
            status, wanted = knock(client, door, world), expected(door, user, own=own)
            if status not in wanted:
                wrong.append((door, "own" if own else "other's", status, wanted))
    assert wrong == []


def test_strangers_are_401_everywhere(alice: User, api: APIClient, stranger: APIClient):
    world = World(alice, api)
    assert {door: knock(stranger, door, world) for door in doors()} == dict.fromkeys(doors(), 401)


def test_the_page_of_permissions_is_current():
    assert FILE.read_text() == table(), "Run: ./dev manage describe_permissions --write"
