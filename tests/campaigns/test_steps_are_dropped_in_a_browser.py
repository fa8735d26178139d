"""The palette shows all its groups at once, and a step dropped near a path or an end is joined."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from tests.journey import graph, points

pytestmark = pytest.mark.django_db(transaction=True)
HIDDEN = "list => list.scrollHeight - list.clientHeight"


def drawn(campaign: Campaign) -> set[str]:
    campaign.refresh_from_db()
    return {f"{path['from']}>{path['to']}" for path in campaign.graph["edges"]}


def drop(page: Any, offer: str, step: str, across: int, down: int) -> None:
    """Drop it so far from the middle of the lower edge of a step."""
    box = page.locator(f".react-flow__node[data-id={step}]").bounding_box()
    board = page.locator(".board").bounding_box()
    at = {
        "x": box["x"] + box["width"] / 2 + across - board["x"],
        "y": box["y"] + box["height"] + down - board["y"],
    }
    page.locator(".offer", has_text=offer).drag_to(page.locator(".board"), target_position=at)
    page.wait_for_selector("[data-saving=saved]")


def test_steps_are_found_and_joined_where_they_are_dropped(open_page: Any, alice: User):
    campaign = Campaign.objects.create(name="J", owner=alice, sources=[{"manual": True}])
    page = open_page(f"/campaigns/{campaign.pk}")
    offers = page.locator("#palette-steps")
    expect(offers.get_by_text("Flow", exact=True)).to_be_visible()
    assert offers.evaluate(HIDDEN) == 0
    assert page.locator(".offer", has_text="Delete the contact").count() == 0
    offers.get_by_text("more steps").first.click()
    expect(page.locator(".offer", has_text="Delete the contact")).to_be_visible()
    # Into an empty drawing wherever it falls; near an end; beside a path.
    drop(page, "Adjust points", "start", 180, 300)
    page.wait_for_selector("[data-step=action-1]")
    assert drawn(campaign) == {"start>action-1"}
    drop(page, "Delay", "action-1", 70, 60)
    page.wait_for_selector("[data-step=wait-1]")
    assert drawn(campaign) == {"start>action-1", "action-1>wait-1"}
    drop(page, "Change tags", "action-1", 50, 28)
    page.wait_for_selector("[data-step=action-2]")
    assert drawn(campaign) == {"start>action-1", "action-1>action-2", "action-2>wait-1"}
    # Far from everything it stands alone.
    drop(page, "Exit", "start", 330, 60)
    page.wait_for_selector("[data-step=exit-1]")
    assert len(drawn(campaign)) == 3


def test_an_empty_drawing_says_what_to_do_first(open_page: Any, alice: User):
    campaign = Campaign.objects.create(name="J", owner=alice)
    page = open_page(f"/campaigns/{campaign.pk}")
    first = page.locator(".first-steps")
    expect(first.get_by_role("button")).to_have_count(2)
    first.get_by_role("button", name="Say who comes in").click()
    expect(page.locator("#panel .sources input").first).to_be_focused()
    page.get_by_label("Whoever is added by hand").check()
    first.get_by_role("button", name="Add the first step").click()
    expect(page.locator("#find-step")).to_be_focused()
    page.keyboard.type("delay")
    page.wait_for_selector(".offer.at")
    page.keyboard.press("Enter")
    first.wait_for(state="detached")


def test_a_drawing_has_no_advice(open_page: Any, alice: User):
    drawing = graph([points("hello")], "start>hello")
    campaign = Campaign.objects.create(name="J", owner=alice, graph=drawing)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector("[data-step=hello]")
    assert page.locator(".first-steps").count() == 0
