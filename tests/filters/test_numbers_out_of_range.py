"""Numbers nobody can mean are refused at their place, by every call that takes a filter."""

import json
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from campaigns.models import Campaign

pytestmark = pytest.mark.django_db
OPENED = {"event": "emails.opened"}
OUT = "out_of_range"


@pytest.mark.parametrize(
    ("leaf", "place"),
    [
        ({"segment": [10**20], "op": "in"}, "segment.0"),
        ({"field": "owner", "op": "is", "value": 10**30}, "value"),
        ({**OPENED, "count": {"op": "gte", "value": 10**40}}, "count.value"),
        ({**OPENED, "count": {"op": "lt", "value": 0}}, "count.value"),
        ({**OPENED, "within": "0d"}, "within"),
    ],
)
def test_the_place_is_named(api: APIClient, leaf, place):
    tree = {"all": [leaf]}
    calls = {
        "/api/v1/segments/count": {"filter": tree},
        "/api/v1/segments": {"name": "S", "filter": tree},
        "/api/v1/contacts/search": {"filter": tree},
        "/api/v1/actions": {"key": "tags.change", "config": {"add": ["a"]}, "filter": tree},
    }
    for path, body in calls.items():
        answer = api.post(path, body)
        assert answer.status_code == 400, path
        told = [(error["field"], error["code"]) for error in answer.json()["errors"]]
        assert told == [(f"filter.all.0.{place}", OUT)], path


def test_a_graph_names_the_place_too(api: APIClient):
    answer = api.post("/api/v1/campaigns", {"name": "C", "graph": {"nodes": [{"x": 10**20}]}})
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == ("graph.nodes.0.x", OUT)


@pytest.mark.parametrize("number", ["1e300", "1E19", "100000000000000000000", "-1e300"])
def test_a_draft_names_the_place_however_the_number_is_written(api: APIClient, number: str):
    made = api.post("/api/v1/campaigns", {"name": "C"}).json()
    nodes = f'[{{"id": "w", "kind": "wait", "config": {{"for": {number}}}}}]'
    body = f'{{"version": {made["version"]}, "graph": {{"nodes": {nodes}, "edges": []}}}}'
    path = f"/api/v1/campaigns/{made['id']}/draft"
    answer = api.generic("PUT", path, body, content_type="application/json")
    error = answer.json()["errors"][0]
    told = (answer.status_code, error["field"], error["code"])
    assert told == (400, "graph.nodes.0.config.for", OUT)


def test_what_stands_already_is_read_changed_and_deleted(api: APIClient):
    made = api.post("/api/v1/campaigns", {"name": "C"}).json()
    graph = {"nodes": [{"id": "w", "kind": "wait", "config": {"for": 10**300}}], "edges": []}
    Campaign.objects.update(graph=graph)
    path = f"/api/v1/campaigns/{made['id']}"
    assert b"1" + b"0" * 300 in api.get("/api/v1/campaigns").content
    for part in ("", "/draft", "/file"):
        assert api.get(path + part).status_code == 200, part
    renamed = api.patch(path, {"name": "D", "version": made["version"]})
    assert renamed.status_code == 200, renamed.content
    assert api.delete(path).status_code == 204
    assert api.get("/api/v1/audit").status_code == 200


@pytest.mark.parametrize("number", ["1e300", "100000000000000000000", "-123456789012345678901"])
def test_events_with_such_a_number_are_read(api: APIClient, number: str):
    contact = api.post("/api/v1/contacts", {"email": "ana@x.example"}).json()["id"]
    body = f'{{"contact": "{contact}", "type": "shop.big", "data": {{"amount": {number}}}}}'
    path = "/api/v1/tracking/events"
    assert api.generic("POST", path, body, content_type="application/json").status_code == 201
    answer = api.get(f"/api/v1/events?contact={contact}&type=shop.big")
    told = json.loads(answer.content)["results"][0]["data"]
    assert told == {"amount": int(Decimal(number))}
