"""SEC-20: a campaign that follows a date one may not see goes on, and is nobody's else to move."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from campaigns.models import Campaign
from tests.accounts.sensitive.conftest import made
from tests.journey import graph, node

pytestmark = pytest.mark.django_db
UNTIL = {"field": "tested", "offset": "3d"}
SOURCES = [{"date": {"field": "tested", "every": "year", "at": "09:00"}}]


@pytest.fixture
def at(api: APIClient) -> str:
    made(api, "fields", label="Tested", alias="tested", type="date", sensitive=True)
    drawn = graph([node("rest", "wait", until=UNTIL)], "start>rest")
    return f"/api/v1/campaigns/{made(api, 'campaigns', name='C', sources=SOURCES, graph=drawn)}"


def test_sec_20_who_may_not_see_the_date_draws_publishes_and_simulates(hers: APIClient, at: str):
    drawn = hers.get(at).json()["graph"]
    drawn["nodes"].append(node("t", "action", "tags.change", add=["warm"]))
    drawn["edges"].append({"from": "rest", "to": "t", "branch": "next"})
    body = {"graph": drawn, "sources": SOURCES}
    assert hers.patch(at, body, format="json").status_code == 200
    assert hers.get(f"{at}/draft").json()["problems"] == []
    asked = {"person": {"email": "zoe@x.example"}}
    assert hers.post(f"{at}/simulate", asked, format="json").status_code == 200
    for path in ("publish", "versions/1/draft"):
        answer = hers.post(f"{at}/{path}", {}, format="json")
        assert answer.status_code == 200, answer.content
    stored = Campaign.objects.get()
    assert (stored.sources, stored.graph["nodes"][0]["config"]) == (SOURCES, {"until": UNTIL})


def test_sec_20_who_may_not_see_the_date_moves_nobody_by_it(hers: APIClient, at: str):
    changes: list[dict[str, Any]] = [
        {"sources": []},
        {"sources": [{"date": {**SOURCES[0]["date"], "offset": "1d"}}]},
        {"graph": graph([node("rest", "wait", until={**UNTIL, "offset": "9d"})], "start>rest")},
        {"graph": graph([node("other", "wait", until=UNTIL)], "start>other")},
        {"graph": {"nodes": [], "edges": []}},
    ]
    before = Campaign.objects.values().get()
    for change in changes:
        assert hers.patch(at, change, format="json").status_code == 400, change
        assert Campaign.objects.values().get() == before
