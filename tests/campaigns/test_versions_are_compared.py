"""Versions by REST: who published what, what differs between two, an older one as draft."""

import pytest

from accounts.models import AuditEntry
from campaigns.models import Campaign
from tests.campaigns.versions import publish, publish_anew, redraw
from tests.journey import bring, graph, node, ok, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
FIRST = graph(
    [node("rest", "wait", **{"for": "10h"}), points("old"), points("then")],
    "start>rest", "rest>old", "old>then",
)  # fmt: skip
SECOND = graph(
    [node("rest", "wait", **{"for": "1h"}), points("new", 5), points("then")],
    "start>rest", "rest>new", "new>then", "rest>then",
)  # fmt: skip


@pytest.fixture
def campaign(api):
    made = run(api, FIRST)
    bring(api, made, people(1))
    settle()
    redraw(api, made, SECOND)
    return made


def compared(api, campaign, query=""):
    return ok(api.get(f"/api/v1/campaigns/{campaign}/compare{query}"))


def test_the_history_says_who_what_is_new_and_what_runs(api, alice, campaign):
    publish(api, campaign, in_flight="finish", note="Shorter wait")
    publish_anew(api, campaign, in_flight="finish")
    rows = ok(api.get(f"/api/v1/campaigns/{campaign}/versions"))["results"]
    assert [(row["number"], row["note"], row["state"]) for row in rows] == [
        (3, "", "newest"), (2, "Shorter wait", "over"), (1, "", "finishing"),
    ]  # fmt: skip
    assert {row["published_by"] for row in rows} == {alice.name}


def test_what_differs_is_told_by_step_path_and_setting(api, campaign):
    ok(api.patch(f"/api/v1/campaigns/{campaign}", {"reentry": "always", "cooldown": "1d"}))
    told = compared(api, campaign)
    assert {step["step"]: step["state"] for step in told["steps"]} == {
        "rest": "changed", "old": "removed", "new": "added", "then": "same",
    }  # fmt: skip
    [rest] = [step for step in told["steps"] if step["step"] == "rest"]
    assert (rest["before"], rest["after"]) == ("10 hours", "1 hour")
    states = {(path["from"], path["to"]): path["state"] for path in told["paths"]}
    assert states == {
        ("start", "rest"): "same", ("rest", "old"): "removed", ("old", "then"): "removed",
        ("rest", "new"): "added", ("new", "then"): "added", ("rest", "then"): "added",
    }  # fmt: skip
    settings = {row["name"]: (row["before"], row["after"]) for row in told["settings"]}
    assert settings == {"reentry": ("once", "every time"), "cooldown": ("", "1 day")}
    drawn = {step["id"] for step in told["graph"]["nodes"]}
    assert drawn == {"rest", "old", "new", "then"}


def test_two_versions_are_compared_in_either_order(api, campaign):
    publish(api, campaign)
    there = compared(api, campaign, "?before=1&after=2")
    back = compared(api, campaign, "?before=2&after=1")
    assert {s["step"] for s in there["steps"] if s["state"] == "added"} == {"new"}
    assert {s["step"] for s in back["steps"] if s["state"] == "removed"} == {"new"}
    assert all(step["state"] == "same" for step in compared(api, campaign)["steps"])


@pytest.mark.parametrize("query", ["?before=9", "?after=x", "?after=0"])
def test_a_version_that_is_not_is_refused(api, campaign, query):
    answer = api.get(f"/api/v1/campaigns/{campaign}/compare{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unknown_version"


def test_an_older_version_becomes_the_draft_and_runs_when_published(api, api_bob, campaign):
    publish(api, campaign)
    url = f"/api/v1/campaigns/{campaign}/versions/1/draft"
    assert api_bob.post(url, {}, format="json").status_code == 403
    assert api.post(url, {"version": 1}, format="json").status_code == 409
    seen = Campaign.objects.get(pk=campaign).version
    told = ok(api.post(url, {"version": seen}, format="json"))
    assert {step["id"] for step in told["campaign"]["graph"]["nodes"]} == {"rest", "old", "then"}
    assert told["campaign"]["published_version"] == 2
    assert told["changes"]["removed"] == ["new"]
    assert publish(api, campaign)["published_version"] == 3
    assert all(s["state"] == "same" for s in compared(api, campaign, "?before=1&after=3")["steps"])
    missing = f"/api/v1/campaigns/{campaign}/versions/7/draft"
    assert api.post(missing, {}, format="json").status_code == 404


def test_the_trail_says_in_words_who_took_which_version_back(api, client, alice, campaign):
    ok(api.post(f"/api/v1/campaigns/{campaign}/versions/1/draft", {}, format="json"))
    entry = AuditEntry.objects.latest("id")
    assert (entry.kind, entry.object_id, entry.name) == ("campaigns", int(campaign), "Journey")
    assert entry.after == {"from_version": 1}
    client.force_login(alice)
    words = "took an older version back as draft"
    assert words in client.get("/settings/audit").content.decode()
    page = client.get(f"/settings/audit/{entry.pk}").content.decode()
    assert words in page
    assert "From version" in page
    assert "from_version" not in page
