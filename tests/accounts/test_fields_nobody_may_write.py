"""SEC-16: keys that belong to the product are refused or ignored, by every address that writes."""

import re

import pytest

from api.doors import Door, doors
from tests.accounts.world import World, persona
from tests.cast import client_of

pytestmark = pytest.mark.django_db
HOSTILE = {
    "id": "1",
    "pk": 1,
    "owner_id": 1,
    "created_at": "2001-01-01T00:00:00Z",
    "updated_at": "2001-01-01T00:00:00Z",
    "created_by": 1,
    "date_added": "2001-01-01T00:00:00Z",
    "points": 999_999,
    "activity_rank": 99,
    "is_superuser": True,
    "is_staff": True,
    "built_in": "administrator",
    "last_login": "2001-01-01T00:00:00Z",
    "digest": "0" * 64,
    "member_count": 7,
    "corrected": 7,
    "published_version": 7,
    "do_not_contact": [],
    "consents": [],
    "token": "rl_x",
    "_state": {},
    "__class__": "x",
}
# Items that belong to the product or to administrators alone, whoever asks.
ADMINISTRATORS = {
    *("users", "roles", "fields", "tags", "topics", "suppressions", "signing-domains"),
    *("categories", "labels", "mail-sources"),
}


def writing(method: str) -> list[Door]:
    """Return the doors of whole objects: other bodies have tests beside their own calls."""
    plain = r"[a-z-]+" if method == "POST" else r"[a-z-]+/{pk}"
    return [
        door
        for door in doors()
        if door.method == method
        and re.fullmatch(plain, door.path)
        and door.path not in {"sends", "sms-sends", "imports", "actions", "returned-mail"}
    ]


@pytest.fixture
def clients(alice, api):
    dora = persona("edit own")
    return {
        False: (client_of(dora), World(dora, api)),
        True: (api, World(alice, api)),
    }


def test_a_change_moves_nothing_that_is_not_the_callers(clients):
    checked = 0
    for door in writing("PATCH"):
        prefix = door.path.split("/")[0]
        client, world = clients[prefix in ADMINISTRATORS]
        at = f"/api/v1/{prefix}/{world.id_of(prefix)}"
        before = client.get(at).json()
        hostile = {key: value for key, value in HOSTILE.items() if before.get(key, ...) != value}
        answer = client.patch(at, hostile)
        assert answer.status_code == 400, (door, answer.content)
        refused = {error["field"]: error["code"] for error in answer.json()["errors"]}
        assert set(refused) == set(hostile), door
        assert set(refused.values()) <= {"unknown_field", "read_only"}, (door, refused)
        assert client.get(at).json() == before, door
        checked += 1
    assert checked > 7


def test_what_people_edit_carries_a_version(clients):
    lacking = []
    for door in writing("PATCH"):
        prefix = door.path.split("/")[0]
        client, world = clients[prefix in ADMINISTRATORS]
        at = f"/api/v1/{prefix}/{world.id_of(prefix)}"
        before = client.get(at).json()
        if "version" not in before:
            lacking.append(prefix)
            continue
        stale = client.patch(at, {"version": before["version"] + 1})
        assert (stale.status_code, stale.json()["current"]) == (409, before), door
    # A tag is nothing but its name.
    assert lacking == ["tags"]


def test_nobody_creates_with_what_is_not_theirs(clients):
    checked = 0
    for door in writing("POST"):
        client, _world = clients[door.path in ADMINISTRATORS]
        answer = client.post(f"/api/v1/{door.path}", HOSTILE)
        assert answer.status_code == 400, (door, answer.content)
        refused = {error["field"] for error in answer.json()["errors"]}
        assert set(HOSTILE) - refused <= {"token"}, (door, set(HOSTILE) - refused)
        checked += 1
    assert checked > 8


def test_nobody_gives_their_own_away_or_takes_anothers(clients, alice):
    """An owner may be named where a contact or company has one: only oneself."""
    client, world = clients[False]
    for prefix in ("contacts", "companies", "segments", "emails", "campaigns"):
        at = f"/api/v1/{prefix}/{world.id_of(prefix)}"
        before = client.get(at).json()
        answer = client.patch(at, {"owner": str(alice.pk)})
        assert answer.status_code == 400, (prefix, answer.content)
        assert client.get(at).json() == before
