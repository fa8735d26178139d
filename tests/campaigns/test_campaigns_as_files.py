"""A campaign goes out as a file and comes in as a draft, here or in another workspace."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign
from emails.models import Email
from points.models import PointGroup
from segments.models import Segment
from stages.models import Stage
from tests.journey import graph, node

pytestmark = pytest.mark.django_db
FILE = "/api/v1/campaigns/file"


@pytest.fixture
def drawn(alice: Any) -> Campaign:
    """A campaign that points at one of everything."""
    email = Email.objects.create(name="Welcome", type="template", subject="Hi", owner=alice)
    readers = Segment.objects.create(name="Readers", owner=alice)
    stage = Stage.objects.create(name="Fresh lead", weight=77)
    group = PointGroup.objects.create(name="Loyalty")
    condition = {
        "all": [
            {"segment": [str(readers.pk)], "op": "in"},
            {"any": [{"delivery": {"email": [email.pk]}, "state": "sent"}]},
            {
                "event": "emails.opened",
                "where": {"email": email.pk},
                "count": {"op": "gte", "value": email.pk},
            },
            {"field": "stage", "op": "is", "value": stage.pk},
            {"field": f"points.{group.pk}", "op": "gte", "value": 7},
            {"field": "owner", "op": "is", "value": alice.pk},
        ]
    }
    steps = [
        node("mail", "action", "emails.send", email=email.pk),
        node("opened", "decision", "emails.opened", email=email.pk, within="1d"),
        node("ask", "condition", filter=condition),
        node("move", "action", "segments.change", add=[readers.pk], remove=[]),
        node("give", "action", "contacts.update", values={"owner": alice.pk, "city": "Nice"}),
        node("tell", "action", "webhooks.post", url="https://crm.example/in", secret="s3cret"),
    ]
    edges = [
        "start>mail",
        "mail>opened",
        "opened:yes>ask",
        "ask:yes>move",
        "ask:no>give",
        "give>tell",
    ]
    return Campaign.objects.create(
        name="Onboarding",
        owner=alice,
        sources=[{"segment": readers.pk}, {"manual": True}],
        holdout=10,
        graph=graph(steps, *edges),
    )


def told(api: Any, campaign: Campaign) -> Any:
    answer = api.get(f"/api/v1/campaigns/{campaign.pk}/file")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_file_names_what_it_points_at_and_keeps_secrets_here(api: Any, drawn: Campaign):
    document = told(api, drawn)
    assert (document["relais"], document["name"], document["holdout"]) == (
        "campaign",
        "Onboarding",
        10,
    )
    assert list(document["names"]["email"].values()) == ["Welcome"]
    text = json.dumps(document)
    assert "s3cret" not in text
    assert "secret" not in text.replace("s3cret", "")


def test_here_it_becomes_the_same_draft(api: Any, drawn: Campaign):
    answer = api.post(FILE, told(api, drawn))
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body["missing"] == []
    copy = Campaign.objects.exclude(pk=drawn.pk).get()
    assert (copy.state, copy.holdout, copy.sources) == ("draft", 10, drawn.sources)
    before, after = (
        {step["id"]: step["config"] for step in each.graph["nodes"]} for each in (drawn, copy)
    )
    assert after.pop("tell")["url"] == "https://crm.example/in"
    before.pop("tell")
    after["ask"]["filter"]["all"][0]["segment"] = [str(drawn.sources[0]["segment"])]
    assert after == before


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


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"relais": "email"}, "relais"),
        ({"format": 2}, "format"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"reentry": "daily"}, "reentry"),
        ({"holdout": 99}, "holdout"),
        ({"holdout": "x"}, "holdout"),
        ({"cooldown": "soon"}, "cooldown"),
        ({"graph": []}, "graph"),
        ({"graph": {"nodes": [{"id": "a", "kind": "magic"}]}}, "graph.nodes.0.kind"),
        ({"sources": {}}, "sources"),
        ({"sources": [7]}, "sources"),
        ({"sources": [{"moon": 1}]}, "sources.0"),
        ({"names": {"email": ["x"]}}, "names"),
    ],
)
def test_what_is_no_such_file_is_refused_by_its_place(
    api: Any, drawn: Campaign, change: Any, field: str
):
    answer = api.post(FILE, {**told(api, drawn), **change})
    assert answer.status_code == 400, answer.content
    assert {error["field"] for error in answer.json()["errors"]} == {field}
    assert Campaign.objects.count() == 1


def test_steps_that_are_half_written_come_in_empty(api: Any, drawn: Campaign):
    document = told(api, drawn)
    document["graph"]["nodes"] = [
        node("ask", "condition", filter={"segment": {"x": 1}}),
        node("sort", "split", branches=[7]),
        node("give", "action", "contacts.update", values=7),
        node("mail", "action", "emails.send", email={"id": 3}),
    ]
    document["graph"]["edges"] = []
    assert api.post(FILE, document).status_code == 201


def test_on_screen_it_is_downloaded_and_uploaded(
    client: Any, drawn: Campaign, alice: Any, bob: Any
):
    page = client
    page.force_login(alice)
    file = page.get(f"/campaigns/{drawn.pk}/file.json")
    assert "Onboarding.campaign.json" in file["Content-Disposition"]
    Email.objects.all().delete()
    upload = SimpleUploadedFile("x.json", file.content)
    answer = page.post("/campaigns/file", {"file": upload}, follow=True)
    assert "email “Welcome”" in answer.content.decode()
    assert Campaign.objects.count() == 2
    for content, words in (
        (b"{", "no file"),
        (b"[]", "no file"),
        (b'{"relais": "campaign"}', "newer"),
    ):
        wrong = page.post("/campaigns/file", {"file": SimpleUploadedFile("x.json", content)})
        assert wrong.status_code == 422
        assert words in wrong.content.decode()
    page.force_login(bob)
    assert page.get("/campaigns/file").status_code == 403
    assert page.get(f"/campaigns/{drawn.pk}/file.json").status_code == 200
