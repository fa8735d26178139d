"""Connections on screen and over REST behave as every kind of thing does."""

import pytest

from accounts.models import Role
from integrations.models import Connection
from tests.api_contract import ApiContract
from tests.cast import make_user
from tests.integrations.crm import MAPPING, SETTINGS
from tests.resource_contract import ResourceContract

URL = "https://crm.example/api/v1"
ROWS = [("emailAddress", "contact.email", "", "leave"), ("origin", "text", "Relais", "leave")]


def stored(number, owner=None):
    settings = {name: value for name, value in SETTINGS.items() if name != "secret"}
    return Connection.objects.create(
        name=f"CRM {number}",
        connector="integrations.rest",
        settings={**settings, "base_url": URL, "auth": "none"},
        mapping=MAPPING,
        owner=owner,
    )


def sent(**more):
    body = {f"set_{name}": value for name, value in SETTINGS.items()}
    columns = zip(*ROWS, strict=True)
    body |= {
        f"mapping_{key}": list(cells)
        for key, cells in zip(("remote", "source", "text", "empty"), columns, strict=True)
    }
    more = {"connector": "integrations.rest", "match": "contact.email", **more}
    return {**body, "set_base_url": URL, **more}


class TestConnectionsOnScreen(ResourceContract):
    base = "/settings/connections"
    kind = "connections"

    def make(self, number, owner=None):
        return stored(number, owner)

    def fields(self, number):
        return sent(name=f"CRM {number}")

    @pytest.fixture
    def dora(self, db):
        """Say where contacts go: for whoever may hand them out."""
        verbs = dict.fromkeys(("view", "edit", "delete"), "own") | {"create": "all"}
        rights = {"connections": verbs, "contacts": {"view": "own", "export": "all"}}
        return make_user("Dora", Role.objects.create(name="Her own", rights=rights))


class TestConnectionsOverRest(ApiContract):
    path = "/api/v1/connections"

    def body(self, number):
        settings = {**SETTINGS, "base_url": URL}
        return {
            "name": f"CRM {number}",
            "connector": "integrations.rest",
            "settings": settings,
            "mapping": MAPPING,
        }
