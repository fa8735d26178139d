"""Stored steps that change the stage go on moving people back after the upgrade."""

from importlib import import_module

import pytest
from django.db import connection

from campaigns.models import Campaign, CampaignVersion
from points.models import PointTrigger
from stages.models import Stage
from tests.journey import graph, node, ok, points, run

pytestmark = pytest.mark.django_db
STATEMENTS = [
    operation.sql
    for name in ("campaigns.migrations.0012_stages_back", "points.migrations.0008_stages_back")
    for operation in import_module(name).Migration.operations
]


def kept(steps):
    return [step["config"].get("backwards") for step in steps]


def test_steps_without_the_setting_get_it_and_others_are_left(api):
    stage = Stage.objects.create(name="Customer", weight=10).pk
    drawn = graph(
        [
            points("first"),
            node("old", "action", "stages.change", stage=stage),
            node("new", "action", "stages.change", stage=stage, backwards=False),
        ],
        "start>first",
        "first>old",
        "old>new",
    )
    campaign = run(api, drawn)
    actions = [
        {"key": "stages.change", "config": {"stage": stage}},
        {"key": "points.adjust", "config": {"delta": 1}},
    ]
    body = {"name": "Hot", "threshold": 100, "actions": actions}
    trigger = ok(api.post("/api/v1/point-triggers", body), 201)["id"]
    # As they were stored before.
    for rows in (Campaign.objects.filter(pk=campaign), CampaignVersion.objects.all()):
        rows.update(graph=drawn)
    PointTrigger.objects.filter(pk=trigger).update(actions=actions)
    with connection.cursor() as cursor:
        for statement in STATEMENTS * 2:
            cursor.execute(statement)
    for found in (Campaign.objects.get(pk=campaign), CampaignVersion.objects.get()):
        assert [one["id"] for one in found.graph["nodes"]] == ["first", "old", "new"]
        assert kept(found.graph["nodes"]) == [None, True, False]
    assert kept(PointTrigger.objects.get(pk=trigger).actions) == [True, None]
