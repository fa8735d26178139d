"""SEC-20: a mask stands for what is stored at its place: it is not moved, copied or taken out."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaigns.models import Campaign
from tests.accounts.sensitive.conftest import FILTER, SECRET, SETS, made
from tests.accounts.world import World
from tests.journey import graph, node
from tests.settle import settle

pytestmark = pytest.mark.django_db
MASK = {"hidden": True}
Graph = dict[str, Any]


def step(drawn: Graph, name: str) -> dict[str, Any]:
    return next(one for one in drawn["nodes"] if one["id"] == name)


def of(name: str, **config: Any) -> Callable[[Graph], None]:
    return lambda drawn: step(drawn, name).update(config=config)


def plus(*nodes: Any) -> Callable[[Graph], None]:
    return lambda drawn: drawn["nodes"].extend(nodes)


def edges(change: Callable[[list[Any]], Any]) -> Callable[[Graph], None]:
    return lambda drawn: drawn.update(edges=change(drawn["edges"]))


HOSTILE: dict[str, Callable[[Graph], None]] = {
    "another key": of("a", foo=MASK),
    "beside values": of("a", values=MASK, foo=MASK),
    "an alias": of("a", values={"city": MASK}),
    "other values": of("a", values={"city": "Nice"}),
    "no settings": of("a"),
    "values as filter": of("ask", filter=MASK),
    "wider": of("ask", filter={"any": [MASK, {"field": "city", "op": "is", "value": "X"}]}),
    "negated": of("ask", filter={"none": [MASK]}),
    "twice": of("ask", filter={"all": [MASK, MASK]}),
    "another step": plus(node("b", "action", "contacts.update", values=MASK)),
    "copied": plus(node("b", "condition", filter={"all": [MASK]})),
    "a note": plus({**node("b", "condition", filter={"all": []}), "note": MASK}),
    "another action": lambda drawn: step(drawn, "a").update(key="webhooks.post"),
    "another kind": lambda drawn: step(drawn, "ask").update(kind="decision"),
    "renamed": lambda drawn: step(drawn, "a").update(id="z"),
    "taken out": lambda drawn: drawn["nodes"].remove(step(drawn, "a")),
    "everybody": edges(lambda ways: [{**one, "from": "start", "branch": "next"} for one in ways]),
    "the other way": edges(
        lambda ways: [{**way, "branch": "no"} if way["to"] == "a" else way for way in ways]
    ),
    "no way": edges(lambda ways: ways[:1]),
    "written out": plus(node("b", "condition", filter=FILTER)),
    "set in plain text": plus(node("b", "action", "contacts.update", values=SETS)),
    "deeper": plus(node("b", "action", "contacts.update", values={"x": [{"blood": "?"}]})),
    "a jump": plus(node("j", "jump", to="a")),
    "a jump beside what is no step": plus(node("j", "jump", to="a"), {"id": "k"}),
    "a date": plus(node("b", "wait", until={"field": "blood"})),
}


def test_sec_20_no_mask_is_taken_elsewhere(hers: APIClient, world: World):
    at = f"/api/v1/campaigns/{world.id_of('campaigns')}"
    draft = hers.get(f"{at}/draft").json()["campaign"]
    before = Campaign.objects.values().get(pk=world.id_of("campaigns"))
    assert (
        step(draft["graph"], "a")["config"],
        step(draft["graph"], "ask")["config"]["filter"],
    ) == ({"values": MASK}, {"all": [MASK]})
    # Nothing is changed, so that one workspace serves all.
    for how, change in HOSTILE.items():
        drawn = deepcopy(draft["graph"])
        change(drawn)
        body = {"graph": drawn, "version": draft["version"]}
        file = {"relais": "campaign", "format": 1, "name": "N", "graph": drawn}
        for answer in (
            hers.put(f"{at}/draft", body, format="json"),
            hers.patch(at, {"graph": drawn}, format="json"),
            hers.post("/api/v1/campaigns", {"name": "N", "graph": drawn}, format="json"),
            hers.post("/api/v1/campaigns/file", file, format="json"),
        ):
            assert answer.status_code == 400, (how, answer.content)
            assert SECRET not in answer.content.decode(), how
        assert Campaign.objects.values().get() == before, how


def test_sec_20_a_file_says_that_it_may_not_be_written_or_taken(
    client: Client, dora: User, hers: APIClient, api: APIClient, world: World
):
    number = world.id_of("campaigns")
    answer = hers.get(f"/api/v1/campaigns/{number}/file")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "hidden")
    client.force_login(dora)
    assert client.get(f"/campaigns/{number}/file.json").status_code == 302
    file = SimpleUploadedFile("c.json", api.get(f"/api/v1/campaigns/{number}/file").content)
    assert client.post("/campaigns/file", {"file": file}).status_code == 422
    assert Campaign.objects.count() == 1


def test_sec_20_a_copy_of_the_whole_keeps_it_and_tells_nothing(
    client: Client, dora: User, hers: APIClient, world: World
):
    client.force_login(dora)
    first = Campaign.objects.get(pk=world.id_of("campaigns"))
    assert client.post(f"/campaigns/{first.pk}/duplicate").status_code == 302
    copy = Campaign.objects.exclude(pk=first.pk).get()
    assert copy.graph == first.graph
    assert SECRET not in json.dumps(hers.get(f"/api/v1/campaigns/{copy.pk}/draft").json())


def test_sec_20_an_older_version_brings_and_takes_nothing_hidden(
    api: APIClient, hers: APIClient, world: World
):
    at = f"/api/v1/campaigns/{world.id_of('campaigns')}"
    assert hers.post(f"{at}/versions/1/draft", {}, format="json").status_code == 200
    drawn = api.get(at).json()["graph"]
    step(drawn, "ask")["config"] = {"filter": {"field": "city", "op": "is", "value": "Paris"}}
    assert api.patch(at, {"graph": drawn}, format="json").status_code == 200
    answer = hers.post(f"{at}/versions/1/draft", {}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "hidden")
    assert api.post(f"{at}/versions/1/draft", {}, format="json").status_code == 200


def test_sec_20_nobody_is_moved_to_a_step_that_holds_it(
    api: APIClient, hers: APIClient, world: World
):
    at = f"/api/v1/campaigns/{world.id_of('campaigns')}"
    body = {"in_flight": "move", "moves": {"ask": "a"}}
    answer = hers.post(f"{at}/publish", body, format="json")
    told = answer.json()["errors"][0]
    assert (answer.status_code, told["code"], told["field"]) == (400, "hidden", "moves.ask")
    assert Campaign.objects.get(pk=world.id_of("campaigns")).published.number == 1
    assert hers.post(f"{at}/publish", {"in_flight": "move"}, format="json").status_code == 200
    settle()
    assert api.post(f"{at}/publish", body, format="json").status_code == 200


def test_sec_20_a_field_of_companies_is_none_of_contacts(api: APIClient, hers: APIClient):
    size = {"label": "Size", "alias": "size", "type": "number"}
    hidden = made(api, "fields", **size, sensitive=True)
    made(api, "fields", **size, object="company")
    theirs = node("s", "action", "companies.update", values={"size": 10})
    own = node("s", "action", "contacts.update", values={"size": 10})
    acting = {"id": "1", "key": "companies.update", "config": {"values": {"size": 10}}}
    for gone in (False, True):
        if gone:
            assert api.delete(f"/api/v1/fields/{hidden}").status_code == 204
        number = made(api, "campaigns", name="C", graph=graph([theirs], "start>s"))
        at = f"/api/v1/campaigns/{number}"
        drawn = hers.get(at).json()["graph"]
        assert step(drawn, "s")["config"] == {"values": {"size": 10}}
        assert hers.get(f"{at}/file").status_code == 200
        changed = graph([{**theirs, "config": {"values": {"size": 20}}}], "start>s")
        assert hers.patch(at, {"graph": changed}, format="json").status_code == 200
        assert hers.patch(at, {"graph": graph([own], "start>s")}, format="json").status_code == 400
        made(hers, "campaigns", name="D", graph=graph([theirs], "start>s"))
        made(hers, "point-triggers", name="T", threshold=9, actions=[acting])
        assert hers.patch(at, {"graph": graph([])}, format="json").status_code == 200


def test_sec_20_an_action_of_a_trigger_is_not_removed_on_screen(
    client: Client, dora: User, api: APIClient, world: World
):
    number = world.id_of("point_triggers")
    shown = api.get(f"/api/v1/point-triggers/{number}").json()["actions"]
    client.force_login(dora)
    client.post(f"/points/triggers/{number}/actions/{shown[0]['id']}", {"do": "remove"})
    assert api.get(f"/api/v1/point-triggers/{number}").json()["actions"] == shown
