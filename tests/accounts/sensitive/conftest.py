"""A workspace with a sensitive field, and Dora, who may do all but see such."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from accounts.models import Role, User
from backoffice.models import SavedView
from contacts.models import Contact, ImportReject
from kernel import clock
from sms.models import CapturedText
from sms.services import editing
from tests.accounts.world import World
from tests.cast import client_of, make_user
from tests.contacts.imports.sending import post
from tests.journey import graph, node
from tests.settle import settle
from tests.sms.people import send

SECRET = "Rhesus-negative"
FILTER = {"all": [{"field": "blood", "op": "is", "value": SECRET}]}
SETS = {"city": "Lyon", "blood": SECRET}
FILE = f"email,Blood\nnobody,{SECRET}\nno address,0+,{SECRET}\n"


@pytest.fixture
def dora(db: None) -> User:
    rights = {"*": {"*": "all"}, "administration": {"*": "all"}, "sensitive": {}}
    return make_user("Dora", Role.objects.create(name="Marketing", rights=rights))


@pytest.fixture
def hers(dora: User) -> APIClient:
    return client_of(dora)


def text_of(answer: Any) -> str:
    """Read an answer to its end, a file too."""
    return b"".join(answer).decode(errors="replace")


def made(api: APIClient, path: str, **body: Any) -> int:
    answer = api.post(f"/api/v1/{path}", body, format="json")
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


@pytest.fixture
def world(alice: User, api: APIClient) -> World:
    """A workspace in which the value stands wherever it can."""
    world = World(alice, api)
    made(api, "fields", label="Blood", alias="blood", type="text", sensitive=True, listed=True)
    contact = Contact.objects.get(pk=world.id_of("contacts"))
    told = {"blood": SECRET, "mobile": "+33612345678"}
    answer = api.patch(f"/api/v1/contacts/{contact.pk}", told, format="json")
    assert answer.status_code == 200, answer.content
    acting = [{"key": "contacts.update", "config": {"values": SETS}}]
    nodes = [
        node("ask", "condition", filter=FILTER),
        node("a", "action", "contacts.update", values=SETS),
    ]
    drawn = graph(nodes, "start>ask", "ask:yes>a")
    ids = {
        "segments": made(api, "segments", name="Rare", filter=FILTER),
        "point_rules": made(
            api, "point-rules", name="R", event="contacts.created", delta=3, filter=FILTER
        ),
        "point_triggers": made(api, "point-triggers", name="T", threshold=9, actions=acting),
    }
    ids["campaigns"] = made(
        api, "campaigns", name="C", sources=[{"segment": str(ids["segments"])}], graph=drawn
    )
    # REST and screens write them differently.
    ids |= {"point-rules": ids["point_rules"], "point-triggers": ids["point_triggers"]}
    ids["point-groups"] = world.id_of("point_groups")
    ids["imports"] = int(post(api, FILE).json()["id"])
    world._made |= ids
    for path in ("segments", "point-rules", "point-triggers", "campaigns"):
        answer = api.patch(f"/api/v1/{path}/{ids[path]}", {"name": "Anew"}, format="json")
        assert answer.status_code == 200, answer.content
    answer = api.post(f"/api/v1/campaigns/{ids['campaigns']}/publish", {}, format="json")
    assert answer.status_code == 200, answer.content
    bulk = {**acting[0], "contacts": [str(contact.pk)]}
    answer = api.post("/api/v1/actions", bulk, format="json")
    assert answer.status_code < 300, answer.content
    text = editing.create({"name": "S", "body": "{{ contact.blood }}"}, clock.now())
    send(text, Contact.objects.get(pk=contact.pk), now=clock.now())
    world._made["sms"] = text.pk
    query = urlencode({"filter": json.dumps(FILTER)})
    SavedView.objects.create(user=alice, list="contacts", name="Shared", query=query, shared=True)
    settle()
    assert (ImportReject.objects.count(), CapturedText.objects.count()) == (2, 1)
    return world
