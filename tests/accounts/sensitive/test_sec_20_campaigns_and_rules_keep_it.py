"""SEC-20: filters of campaigns and point rules tell nothing to whom a field is hidden from."""

import json
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign
from points.models import PointRule
from tests.accounts.sensitive.conftest import SECRET, made

pytestmark = pytest.mark.django_db
TREE = {
    "all": [
        {"field": "city", "op": "is", "value": "Paris"},
        {"any": [{"field": "blood", "op": "in", "value": [SECRET]}]},
    ]
}
WORDS = "a condition you may not see"
WIDER = {"all": [{"field": "city", "op": "is", "value": "Paris"}]}


@pytest.fixture
def rare(api) -> int:
    made(api, "fields", label="Blood", alias="blood", type="text", sensitive=True)
    return made(api, "segments", name="Rare", filter=TREE)


def silent(text: str) -> bool:
    return SECRET not in text and "blood" not in text.lower()


def graph(filter_: Any) -> dict[str, Any]:
    return {
        "nodes": [{"id": "ask", "kind": "condition", "config": {"filter": filter_}}],
        "edges": [{"from": "start", "to": "ask", "branch": "next"}],
    }


def test_sec_20_campaigns_and_their_files_keep_and_mask_it(api, hers, rare):
    made = {"name": "C", "sources": [{"segment": str(rare)}], "graph": graph(TREE)}
    answer = api.post("/api/v1/campaigns", made, format="json")
    assert answer.status_code == 201, answer.content
    number = answer.json()["id"]
    at = f"/api/v1/campaigns/{number}"
    shown = hers.get(at).json()
    assert silent(json.dumps(shown))
    refused = hers.get(f"{at}/file")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "hidden")
    file = {"relais": "campaign", "format": 1, "name": "F", "graph": shown["graph"]}
    before = Campaign.objects.get(pk=number).graph
    for body in ({"name": "D"}, {"graph": shown["graph"]}):
        answer = hers.patch(at, body, format="json")
        assert answer.status_code == 200, answer.content
        assert silent(answer.content.decode())
    kept = Campaign.objects.get(pk=number).graph
    assert [node["config"] for node in kept["nodes"]] == [n["config"] for n in before["nodes"]]
    for tree in (WIDER, {"any": shown["graph"]["nodes"][0]["config"]["filter"]["all"]}):
        answer = hers.patch(at, {"graph": graph(tree)}, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "hidden")
    taken = hers.post("/api/v1/campaigns/file", file, format="json")
    assert taken.status_code == 400
    answer = hers.post(f"{at}/publish", {}, format="json")
    assert answer.status_code == 200, answer.content
    assert silent(hers.get(f"{at}/versions").content.decode())
    assert silent(hers.get(f"{at}/versions/1").content.decode())


def test_sec_20_point_rules_keep_and_mask_it(client: Client, api, hers, dora, rare):
    body = {"name": "R", "event": "contacts.created", "delta": 3, "filter": TREE}
    answer = api.post("/api/v1/point-rules", body, format="json")
    assert answer.status_code == 201, answer.content
    at = f"/api/v1/point-rules/{answer.json()['id']}"
    shown = hers.get(at)
    assert silent(shown.content.decode())
    back = {"name": "S", "filter": shown.json()["filter"]}
    assert hers.patch(at, back, format="json").status_code == 200
    assert hers.patch(at, {"filter": None}, format="json").status_code == 400
    for active in (False, True):
        answer = hers.patch(at, {"active": active}, format="json")
        assert answer.status_code == 200, answer.content
    rule = PointRule.objects.get()
    assert (rule.name, rule.filter) == ("S", TREE)
    client.force_login(dora)
    page = client.get(f"/points/rules/{rule.pk}").content.decode()
    assert silent(page)
    assert WORDS in page
    assert silent(client.get(f"/points/rules/{rule.pk}/edit").content.decode())
