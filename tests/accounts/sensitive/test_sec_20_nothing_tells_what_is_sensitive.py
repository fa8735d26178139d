"""SEC-20: whoever may do all but see sensitive fields looks everywhere, and finds no value."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from api.doors import doors
from backoffice.doors import screens
from tests.accounts.sensitive.conftest import SECRET, text_of
from tests.accounts.test_the_permission_matrix import FILLED, PERSONAL, place_of
from tests.accounts.test_the_permission_matrix_of_screens import path_of
from tests.accounts.world import World
from tests.backoffice.test_what_people_type_stays_text import tabs_of

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"(?<=/)\d+")
# Where whoever may see it sees it: what stops telling is looked at by nobody else.
TELLING = {
    "/api/v1/audit",
    "/api/v1/campaigns",
    "/api/v1/campaigns/#",
    "/api/v1/campaigns/#/compare",
    "/api/v1/campaigns/#/draft",
    "/api/v1/campaigns/#/file",
    "/api/v1/contacts",
    "/api/v1/contacts/#",
    "/api/v1/contacts/#/export",
    "/api/v1/imports/#/rejects",
    "/api/v1/point-rules",
    "/api/v1/point-rules/#",
    "/api/v1/point-triggers",
    "/api/v1/point-triggers/#",
    "/api/v1/segments",
    "/api/v1/segments/#",
    "/api/v1/segments/#/contacts",
    "/campaigns/#/file.json",
    "/campaigns/#?tab=history",
    "/captured-texts",
    "/contacts",
    "/contacts/#",
    "/contacts/#/edit",
    "/contacts/work",
    "/imports/#",
    "/imports/#/rejects.csv",
    "/points/rules/#",
    "/points/rules/#/edit",
    "/points/rules/#?tab=history",
    "/points/triggers/#",
    "/points/triggers/#?tab=history",
    "/segments/#/edit",
    "/segments/#?tab=history",
}


def looked_at(who: APIClient, screen: Client, world: World) -> dict[str, str]:
    """Return what stands behind every address that is looked at, by the address."""
    paths = [path_of(door, world) for door in screens() if door.method == "GET"]
    paths += tabs_of(screen, paths)
    read = [door for door in doors() if door.method == "GET"]
    asked = [door.path for door in read if place_of(door) not in PERSONAL]
    found = {path: _body(screen, path) for path in paths}
    for path in asked:
        names = [part[1:-1] for part in path.split("/") if part[:1] == "{"]
        about = {name: "contacts" if name == "contact" else path.split("/")[0] for name in names}
        values = {name: FILLED.get(name) or world.id_of(kind) for name, kind in about.items()}
        address = f"/api/v1/{path.format(**values)}"
        found[address] = _body(who, address)
    return found


def _body(client: Any, path: str) -> str:
    with transaction.atomic():
        answer = client.get(path)
        transaction.set_rollback(True)
    return text_of(answer)


def test_sec_20_no_address_tells_a_value_to_whom_it_is_hidden_from(
    client: Client, alice: User, dora: User, api: APIClient, hers: APIClient, world: World
):
    client.force_login(alice)
    everything = looked_at(api, client, world)
    telling = {NUMBER.sub("#", path) for path, body in everything.items() if SECRET in body}
    assert telling >= TELLING, sorted(TELLING - telling)
    client.force_login(dora)
    leaks = [path for path, body in looked_at(hers, client, world).items() if SECRET in body]
    assert leaks == []
