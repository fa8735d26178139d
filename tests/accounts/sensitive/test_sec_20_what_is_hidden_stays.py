"""SEC-20: what one may not see stays as it is, around what one may change."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from campaigns.models import Campaign
from points.models import PointTrigger
from segments.models import Segment
from tests.accounts.sensitive.conftest import FILTER, SECRET, SETS, made
from tests.accounts.world import World
from tests.journey import node

pytestmark = pytest.mark.django_db


def test_sec_20_an_action_that_sets_it_is_kept_by_who_sends_it_back(
    api: APIClient, hers: APIClient, world: World
):
    number = world.id_of("point_triggers")
    at = f"/api/v1/point-triggers/{number}"
    shown = hers.get(at).json()["actions"]
    assert shown[0]["config"]["values"] == {"hidden": True}
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


def test_sec_20_whole_numbers_come_back_from_browsers_without_their_point(
    api: APIClient, hers: APIClient, world: World
):
    at = f"/api/v1/segments/{world.id_of('segments')}"
    stored = {"all": [{"field": "points", "op": "gte", "value": 10.0}, *FILTER["all"]]}
    assert api.patch(at, {"filter": stored}, format="json").status_code == 200
    Segment.objects.filter(pk=world.id_of("segments")).update(filter=stored)
    shown = hers.get(at).json()["filter"]
    shown["all"][0]["value"] = 10
    assert hers.patch(at, {"filter": shown}, format="json").status_code == 200
    assert Segment.objects.get(pk=world.id_of("segments")).filter == stored


def test_sec_20_who_sees_all_is_told_that_a_mask_was_copied(api: APIClient, hers: APIClient):
    body = {"name": "N", "filter": {"all": [{"hidden": True}]}}
    answers = [who.post("/api/v1/segments", body, format="json") for who in (api, hers)]
    made(api, "fields", label="Blood", alias="blood", type="text", sensitive=True)
    answers.append(hers.post("/api/v1/segments", body, format="json"))
    told = [one.json()["errors"][0] for one in answers]
    assert [(one.status_code, error["code"]) for one, error in zip(answers, told, strict=True)] == [
        (400, "hidden")
    ] * 3
    assert "copied" in told[0]["message"]
    assert "you may not see" in told[2]["message"]
    field = {"label": "Hidden", "alias": "hidden", "type": "boolean"}
    answer = api.post("/api/v1/fields", field, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reserved")
