"""SEC-20: whoever may do all but see sensitive fields looks everywhere, and finds no value."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role, User
from api.doors import doors
from backoffice.doors import screens
from backoffice.models import SavedView
from campaigns.models import Campaign
from contacts.models import Contact, ImportReject
from points.models import PointTrigger
from tests.accounts.test_the_permission_matrix import FILLED, PERSONAL, place_of
from tests.accounts.test_the_permission_matrix_of_screens import path_of
from tests.accounts.world import World
from tests.backoffice.test_what_people_type_stays_text import tabs_of
from tests.cast import client_of, make_user
from tests.contacts.imports.sending import post
from tests.journey import graph, node
from tests.settle import settle

pytestmark = pytest.mark.django_db
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
    Contact.objects.filter(pk=contact.pk).update(attrs={"blood": SECRET})
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
    query = urlencode({"filter": json.dumps(FILTER)})
    SavedView.objects.create(user=alice, list="contacts", name="Shared", query=query, shared=True)
    settle()
    assert ImportReject.objects.count() == 2
    return world


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
    return b"".join(answer).decode(errors="replace")


def test_sec_20_no_address_tells_a_value_to_whom_it_is_hidden_from(
    client: Client, alice: User, dora: User, api: APIClient, hers: APIClient, world: World
):
    client.force_login(alice)
    everything = looked_at(api, client, world)
    telling = {path for path, body in everything.items() if SECRET in body}
    assert len(telling) > 20, sorted(telling)
    client.force_login(dora)
    leaks = [path for path, body in looked_at(hers, client, world).items() if SECRET in body]
    assert leaks == []


def test_sec_20_an_action_that_sets_it_is_kept_by_who_sends_it_back(
    api: APIClient, hers: APIClient, world: World
):
    number = world.id_of("point_triggers")
    at = f"/api/v1/point-triggers/{number}"
    shown = hers.get(at).json()["actions"]
    assert list(shown[0]["config"]["values"]) == ["hidden"]
    new = {"key": "tags.change", "config": {"add": ["warm"]}}
    answer = hers.patch(at, {"actions": [*shown, new]}, format="json")
    assert answer.status_code == 200, answer.content
    trigger = PointTrigger.objects.get(pk=number)
    assert trigger.actions[0]["config"]["values"] == SETS
    field = api.get("/api/v1/fields").json()["results"][0]["id"]
    assert f"field:{field}" in trigger.uses
    # A mask that stands for nothing here is nothing.
    body = {"name": "N", "threshold": 3, "actions": shown}
    assert hers.post("/api/v1/point-triggers", body, format="json").status_code == 400


def test_sec_20_a_campaign_is_drawn_and_published_around_what_one_may_not_see(
    hers: APIClient, world: World
):
    at = f"/api/v1/campaigns/{world.id_of('campaigns')}"
    draft = hers.get(f"{at}/draft").json()
    assert draft["problems"] == []
    drawn = draft["campaign"]["graph"]
    assert SECRET not in json.dumps(drawn)
    drawn["nodes"].append(node("t", "action", "tags.change", add=["warm"]))
    drawn["edges"].append({"from": "a", "to": "t", "branch": "next"})
    body = {"graph": drawn, "version": draft["campaign"]["version"]}
    answer = hers.put(f"{at}/draft", body, format="json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["problems"] == []
    answer = hers.post(f"{at}/publish", {}, format="json")
    assert answer.status_code == 200, answer.content
    published = Campaign.objects.get(pk=world.id_of("campaigns")).published
    assert published is not None
    configs = {one["id"]: one["config"] for one in published.graph["nodes"]}
    assert (configs["ask"]["filter"], configs["a"]["values"]) == (FILTER, SETS)


def test_sec_20_who_guesses_what_is_stored_is_told_nothing(hers: APIClient, world: World):
    def asked(value: str) -> list[Any]:
        """Write out what is masked, as it may be, over what is stored."""
        tree = {"all": [{**FILTER["all"][0], "value": value}]}
        values = {**SETS, "blood": value}
        trigger, answers = f"point-triggers/{world.id_of('point_triggers')}", []
        shown = hers.get(f"/api/v1/{trigger}").json()["actions"][0]
        bodies = {
            trigger: {"actions": [{**shown, "config": {"values": values}}]},
            f"segments/{world.id_of('segments')}": {"filter": tree},
            f"point-rules/{world.id_of('point_rules')}": {"filter": tree},
        }
        campaign = f"campaigns/{world.id_of('campaigns')}"
        draft = hers.get(f"/api/v1/{campaign}").json()
        drawn = draft["graph"]
        for more in (
            node("b", "condition", filter=tree),
            node("c", "action", "contacts.update", values=values),
        ):
            graphs = {**drawn, "nodes": [*drawn["nodes"], more]}
            answers.append(hers.patch(f"/api/v1/{campaign}", {"graph": graphs}, format="json"))
            body = {"graph": graphs, "version": draft["version"]}
            answers.append(hers.put(f"/api/v1/{campaign}/draft", body, format="json"))
        answers += [hers.patch(f"/api/v1/{at}", body, format="json") for at, body in bodies.items()]
        return [(one.status_code, one.json()["errors"]) for one in answers]

    right, wrong = asked(SECRET), asked("another")
    assert {status for status, _errors in right} == {400}
    assert right == wrong


def test_sec_20_a_token_that_may_not_see_it_exports_it_into_no_file(
    alice: User, api: APIClient, world: World
):
    narrow = client_of(alice, {"contacts": "write", "exports": "write"})
    for format_ in ("csv", "xlsx"):
        for who, tells in ((api, True), (narrow, False)):
            body = {"everything": True, "format": format_}
            answer = who.post("/api/v1/exports", body, format="json")
            assert answer.status_code == 201, answer.content
            settle()
            file = who.get(f"/api/v1/exports/{answer.json()['id']}/file")
            assert _holds(b"".join(file), format_) is tells, (format_, tells)
    asked = {"everything": True, "columns": ["email", "blood"]}
    assert narrow.post("/api/v1/exports", asked, format="json").status_code == 400


def _holds(content: bytes, format_: str) -> bool:
    if format_ == "csv":
        return SECRET in content.decode()
    with ZipFile(BytesIO(content)) as book:
        return any(SECRET.encode() in book.read(name) for name in book.namelist())
