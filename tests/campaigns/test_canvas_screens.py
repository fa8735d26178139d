"""Campaigns on screen: their list, the page of the canvas, copies and ends."""

import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from campaigns.models import Campaign
from tests.journey import graph, ok, points, run
from tests.resource_contract import ResourceContract


class TestCampaigns(ResourceContract):
    base = "/campaigns"

    def make(self, number, owner=None):
        return Campaign.objects.create(
            name=f"Welcome {number:02}", owner=owner, graph={"nodes": [], "edges": []}
        )

    def fields(self, number):
        return {"name": f"Welcome {number:02}"}


@pytest.fixture
def screen(client, alice):
    client.force_login(alice)
    return client


def handed(page, name):
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page)
    return json.loads(found[1])


def test_the_page_tells_the_island_what_its_user_may(screen, client, bob, api):
    campaign = run(api, graph([points("a")], "start>a"))
    page = screen.get(f"/campaigns/{campaign}").content.decode()
    may = {"edit": True, "publish": True, "delete": True, "create": True}
    told = handed(page, "campaign-page")
    assert (told["id"], told["may"], told["only_own"]) == (campaign, may, False)
    assert handed(page, "campaign-words")["publish"] == "Publish v%(version)s…"
    client.force_login(bob)
    page = client.get(f"/campaigns/{campaign}").content.decode()
    assert not any(handed(page, "campaign-page")["may"].values())
    assert "style=" not in page


def test_the_list_counts_who_is_on_the_way(screen, api):
    campaign = run(api, graph([points("a")], "start>a"))
    [(row, _cells)] = screen.get("/campaigns").context["rows"]
    assert (str(row.pk), row.active, row.entered) == (campaign, 0, 0)
    page = screen.get("/campaigns").content.decode()
    assert "Published" in page
    assert "By hand" in page


def test_a_copy_is_a_draft_of_its_own(screen, api):
    campaign = run(api, graph([points("a")], "start>a"))
    answer = screen.post(f"/campaigns/{campaign}/duplicate")
    copy = ok(api.get("/api/v1" + answer["Location"]))
    assert (copy["state"], copy["published_version"]) == ("draft", None)
    assert copy["graph"] == ok(api.get(f"/api/v1/campaigns/{campaign}"))["graph"]


def test_what_is_live_is_not_deleted_and_says_why(screen, api):
    campaign = run(api, graph([points("a")], "start>a"))
    page = screen.post(f"/campaigns/{campaign}/delete", follow=True).content.decode()
    assert "Unpublish the campaign first." in page
    assert Campaign.objects.filter(pk=campaign).exists()
    # Who else needs it stands in the dialog, which then offers nothing.
    naming = {"all": [{"campaign": campaign, "op": "in"}]}
    ok(api.post("/api/v1/segments", {"name": "On their way", "filter": naming}), 201)
    asked = LexborHTMLParser(screen.get(f"/campaigns/{campaign}").content.decode())
    asked = asked.css_first("#ask-delete")
    assert "On their way" in asked.text()
    assert [button.text() for button in asked.css("button")] == ["Close"]
