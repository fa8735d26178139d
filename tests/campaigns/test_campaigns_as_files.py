"""A campaign goes out as a file and comes in as a draft, here or in another workspace."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign
from emails.models import Email
from tests.campaigns.as_file import FILE, drawn, told
from tests.journey import node

__all__ = ["drawn"]
pytestmark = pytest.mark.django_db


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
        ({"sources": [{"event": []}]}, "sources.0.event"),
        ({"objective": None}, "objective"),
        ({"name": {"a": 1}}, "name"),
        ({"holdout": 10**30}, "holdout"),
        (
            {"graph": {"nodes": [{"id": "a", "kind": "exit", "config": {"x": 10**30}}]}},
            "graph.nodes.0.config.x",
        ),
        ({"names": {"email": ["x"]}}, "names"),
        ({"sheep": 1}, "sheep"),
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


@pytest.mark.parametrize(
    "content",
    [
        b'{"relais": "campaign", "name": "\\u0000"}',
        b'{"relais": "campaign", "graph": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"relais": "campaign", "holdout": ' + b"9" * 30 + b"}",
        b'{"relais": "campaign", "x": NaN, "y": 123456789012345678}',
        b"\xff\xfe",
    ],
)
def test_what_cannot_be_kept_is_refused_on_screen(client: Any, alice: Any, content: bytes):
    client.force_login(alice)
    answer = client.post("/campaigns/file", {"file": SimpleUploadedFile("x.json", content)})
    assert answer.status_code == 422
    assert "no file of a campaign" in answer.content.decode()


def test_on_screen_it_is_downloaded_and_uploaded(
    client: Any, drawn: Campaign, alice: Any, bob: Any
):
    page = client
    page.force_login(alice)
    file = page.get(f"/campaigns/{drawn.pk}/file.json")
    assert "Onboarding.campaign.json" in file["Content-Disposition"]
    back = page.post("/campaigns/file", {"file": SimpleUploadedFile("x.json", file.content)})
    assert back.status_code == 302
    [place] = {step["id"]: step for step in Campaign.objects.latest("pk").graph["nodes"]}["mail"][
        "position"
    ].items() - {("y", 2)}
    assert place == ("x", 10.5)
    Email.objects.all().delete()
    upload = SimpleUploadedFile("x.json", file.content)
    answer = page.post("/campaigns/file", {"file": upload}, follow=True)
    assert "email “Welcome”" in answer.content.decode()
    assert Campaign.objects.count() == 3
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
