"""The dialogs of the canvas in a real Chromium: a press is never lost, and what fails is told."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from kernel import clock
from segments.models import Segment
from segments.services import members
from tests.browser import PHONE, WIDE
from tests.journey import graph, people, points
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)
WHY = ["was here before", "processing is restricted, or they object to profiling"]
OUT = [{"code": why, "words": why, "count": 40} for why in WHY]
# A long answer: five mails, each with whom it would not reach.
OUTLOOK = {
    "enters": 1200,
    "out": OUT,
    "steps": [{"step": "hello", "reached": 1120, "hindered": OUT}] * 5,
    "ahead": None,
    "resumes": None,
    "hints": [],
}


@pytest.fixture
def campaign(alice: User) -> Campaign:
    clients = Segment.objects.create(name="Clients")
    members.change(clients, add=people(2), now=clock.now())
    settle()
    drawing = graph([points("hello")], "start>hello")
    sources = [{"segment": clients.pk}]
    return Campaign.objects.create(name="Welcome", owner=alice, graph=drawing, sources=sources)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_press_is_not_lost_to_an_answer_that_comes_meanwhile(
    open_page: Any, campaign: Campaign, size: dict[str, int]
):
    held: list[Any] = []
    page = open_page(f"/campaigns/{campaign.pk}", viewport=size)
    page.route("**/outlook?*", lambda route: held.append(route))
    page.get_by_role("button", name="Publish v1…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_text("Counting who comes in").wait_for()
    go = dialog.get_by_role("button", name="Publish v1", exact=True)
    box = go.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    held[0].fulfill(json=OUTLOOK)
    dialog.get_by_text("Come in at once: 1,200").wait_for()
    assert go.bounding_box() == box
    page.mouse.up()
    expect(page.locator("#campaign-state")).to_have_text("Published")


def test_what_fails_without_a_word_is_told(open_page: Any, campaign: Campaign):
    open_page.meant.append("502")
    page = open_page(f"/campaigns/{campaign.pk}")
    dialog = page.locator("dialog[open]")
    for verb, question, answer in (
        ("publish", "Publish v1…", "Publish v1"),
        ("unpublish", "Unpublish", "Unpublish"),
    ):
        page.get_by_role("button", name=question, exact=True).click()
        go = dialog.get_by_role("button", name=answer, exact=True)
        # A proxy on the way says nothing of ours; and no network says nothing at all.
        page.route(f"**/{verb}", lambda route: route.fulfill(status=502, body="<h1>Bad</h1>"))
        go.click()
        expect(dialog.get_by_role("alert")).to_have_text(
            "That did not work. Try again in a moment."
        )
        page.unroute(f"**/{verb}")
        page.route(f"**/{verb}", lambda route: route.abort("internetdisconnected"))
        go.click()
        expect(dialog.get_by_role("alert")).to_contain_text("No answer from the server")
        page.unroute(f"**/{verb}")
        go.click()
        dialog.wait_for(state="detached")
    expect(page.locator("#campaign-state")).to_have_text("Unpublished")


def test_what_is_published_is_not_told_to_have_failed(open_page: Any, campaign: Campaign):
    open_page.meant.append("502")
    page = open_page(f"/campaigns/{campaign.pk}")
    page.get_by_role("button", name="Publish v1…").click()
    page.route("**/draft", lambda route: route.fulfill(status=502, body=""))
    page.get_by_role("button", name="Publish v1", exact=True).click()
    expect(page.locator("#campaign-state")).to_have_text("Published")
    page.locator("dialog[open]").wait_for(state="detached")
