"""The file of another workspace: what it names is found by name, and what is not means nobody."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from campaigns.models import Campaign
from contacts.models import Topic
from emails.models import Email
from points.models import PointGroup
from segments.models import Segment
from stages.models import Stage
from tests.campaigns.as_file import FILE, drawn, told
from tests.journey import graph, node

__all__ = ["drawn"]
pytestmark = pytest.mark.django_db


def test_elsewhere_names_are_found_and_what_lacks_is_told(api: Any, drawn: Campaign, alice: Any):
    document = told(api, drawn)
    Email.objects.all().delete()
    Stage.objects.filter(name="Fresh lead").delete()
    Segment.objects.all().delete()
    fresh = Segment.objects.create(name="readers", owner=alice)
    answer = api.post(FILE, document)
    assert answer.status_code == 201, answer.content
    missing = {(one["step"], one["kind"], one["name"]) for one in answer.json()["missing"]}
    assert missing == {
        ("mail", "email", "Welcome"),
        ("opened", "email", "Welcome"),
        ("ask", "email", "Welcome"),
        ("ask", "stage", "Fresh lead"),
    }
    copy = Campaign.objects.exclude(pk=drawn.pk).get()
    steps = {step["id"]: step for step in copy.graph["nodes"]}
    assert copy.sources == [{"segment": fresh.pk}, {"manual": True}]
    assert steps["mail"]["config"] == {}
    assert steps["mail"]["note"] == "In the file: email “Welcome”"
    assert steps["move"]["config"] == {"add": [fresh.pk], "remove": []}
    every = steps["ask"]["config"]["filter"]["all"]
    assert every[0]["segment"] == [fresh.pk]
    # A condition that lost its object means nobody, never more people; its number stays.
    lost = 2**31 - 1
    assert every[1] == {"any": [{"delivery": {"email": [lost]}, "state": "sent"}]}
    assert every[2]["where"] == {"email": lost}
    assert every[2]["count"]["value"] != lost
    problems = api.get(f"/api/v1/campaigns/{copy.pk}/draft").json()["problems"]
    assert {"mail", "opened", "ask"} <= {problem["step"] for problem in problems}


def test_what_is_lost_never_means_others(api: Any, drawn: Campaign, alice: Any):
    topic = Topic.objects.create(name="News")
    stage, group = Stage.objects.get(name="Fresh lead"), PointGroup.objects.get()
    conditions = [
        {"field": "stage", "op": "is_not", "value": stage.pk},
        {"field": "stage", "op": "not_in", "value": [stage.pk]},
        {"field": "owner", "op": "is_not", "value": alice.pk},
        {"field": f"topic.{topic.pk}", "op": "is_not", "value": "granted"},
        {
            "event": "points.adjusted",
            "where": {"group": {"op": "not_in", "value": [str(group.pk)]}},
        },
        {"event": "contacts.created", "where": {"source": f"user:{alice.pk}"}},
        {
            "event": "emails.clicked",
            "where": {"email": drawn.graph["nodes"][0]["config"]["email"], "link": "2"},
        },
    ]
    steps = [node(f"ask{at}", "condition", filter=one) for at, one in enumerate(conditions)]
    wait = {"group": group.pk}
    steps.append(node("waits", "decision", "points.adjusted", where=wait))
    document = {**told(api, drawn), "graph": graph(steps)}
    document["names"] = told_names(api, drawn, steps)
    Stage.objects.all().delete()
    PointGroup.objects.all().delete()
    Topic.objects.all().delete()
    Email.objects.all().delete()
    User.objects.filter(pk=alice.pk).update(first_name="Alicia")
    made = api.post(FILE, document).json()
    draft = api.get(f"/api/v1/campaigns/{made['campaign']['id']}/draft").json()
    lacking = {one["step"] for one in draft["problems"] if one["code"] == "not_found"}
    assert lacking == {step["id"] for step in steps}, made


def told_names(api: Any, drawn: Campaign, steps: Any) -> Any:
    other = Campaign.objects.create(name="Other", owner=drawn.owner, graph=graph(steps))
    return told(api, other)["names"]


def test_events_lead_in_only_about_what_is_here(api: Any, drawn: Campaign):
    email = drawn.graph["nodes"][0]["config"]["email"]
    about = [{"event": "emails.opened", "where": {"email": email}}, {"event": "emails.opened"}]
    Campaign.objects.filter(pk=drawn.pk).update(sources=about)
    document = told(api, drawn)
    assert api.post(FILE, document).json()["campaign"]["sources"][0]["where"] == {
        "email": str(email)
    }
    Email.objects.all().delete()
    body = api.post(FILE, document).json()
    assert [source.get("where", {}) for source in body["campaign"]["sources"]] == [{}]
    assert {"step": "start", "kind": "email", "name": "Welcome"} in body["missing"]


def test_topics_are_found_by_name_and_many_cost_no_more_than_one(api: Any, drawn: Campaign):
    topic = Topic.objects.create(name="News")
    condition = {"field": f"topic.{topic.pk + 5}", "op": "is", "value": "granted"}
    many = {"segment": [7] * 3_000, "op": "in"}
    document = {**told(api, drawn), "sources": [{"manual": True}]}
    document["graph"] = graph([node("ask", "condition", filter={"all": [condition, many]})])
    document["names"] = {"topic": {str(topic.pk + 5): "news"}, "segment": {"7": "readers"}}
    with CaptureQueriesContext(connection) as asked:
        made = api.post(FILE, document)
    assert made.json()["missing"] == []
    assert len(asked) < 60
    [step] = Campaign.objects.get(name="Onboarding", sources=[{"manual": True}]).graph["nodes"]
    assert step["config"]["filter"]["all"][0]["field"] == f"topic.{topic.pk}"


def test_points_of_a_group_that_is_not_there_fall_onto_nobody(api: Any, alice: Any):
    group = PointGroup.objects.create(name="Interest")
    step = node("give", "action", "points.adjust", delta=50, group=group.pk)
    row = Campaign.objects.create(
        name="J", owner=alice, graph=graph([step], "start>give"), sources=[{"manual": True}]
    )
    document = told(api, row)
    group.delete()
    answer = api.post(FILE, document)
    assert answer.status_code == 201, answer.content
    copy = Campaign.objects.exclude(pk=row.pk).get()
    problems = api.get(f"/api/v1/campaigns/{copy.pk}/draft").json()["problems"]
    assert [(problem["step"], problem["place"]) for problem in problems] == [("give", "group")]
    assert api.post(f"/api/v1/campaigns/{copy.pk}/publish").status_code == 400
