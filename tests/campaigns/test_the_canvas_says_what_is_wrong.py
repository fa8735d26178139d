"""The canvas in a real Chromium: what is wrong names its step, times are in whole units."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from tests.browser import faults
from tests.journey import graph, node

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_problem_leads_to_its_step_and_an_hour_is_an_hour(open_page: Any, alice: User):
    rest = node("rest", "wait", **{"for": "-5d"})
    opened = node("seen", "decision", "emails.opened", within="60m")
    steps = [
        opened,
        rest,
        node("tag", "action", "tags.change"),
        node("give", "action", "points.adjust"),
    ]
    drawn = graph(steps, "start>seen", "seen:no>rest", "seen:yes>tag", "tag>give")
    campaign = Campaign.objects.create(
        name="Onboarding", owner=alice, graph=drawn, sources=[{"manual": True}]
    )
    page = open_page(f"/campaigns/{campaign.pk}", viewport={"width": 1440, "height": 900})
    page.wait_for_selector(".branch >> text=No, after 1 h")
    overhang = "document.documentElement.scrollHeight - window.innerHeight"
    assert page.evaluate(overhang) == 0
    page.keyboard.press("n")
    page.wait_for_selector("#find-step:focus")
    page.keyboard.type("tag")
    expect(page.locator(".offer.at")).to_have_text("Change tags")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Publish v1…").click()
    problems = page.locator(".problems")
    expect(problems).to_contain_text("Delay: Less than 0 is not possible: write 0 or more.")
    expect(problems).to_contain_text("Change tags: ")
    expect(problems).to_contain_text(re.compile("Adjust points: Points . This field is required"))
    page.locator(".problems button", has_text="Less than 0").click()
    page.wait_for_selector("[data-step=rest]:focus")
    page.wait_for_selector(".settings-panel .invalid-feedback >> text=Less than 0")
    assert faults(page) == []


def test_a_new_step_is_nobodys_mistake_until_it_is_left(open_page: Any, alice: User):
    empty: dict[str, Any] = {"nodes": [], "edges": []}
    campaign = Campaign.objects.create(
        name="Onboarding", owner=alice, graph=empty, sources=[{"manual": True}]
    )
    page = open_page(f"/campaigns/{campaign.pk}", viewport={"width": 1440, "height": 900})
    page.wait_for_selector(".step-node")
    page.keyboard.press("n")
    page.wait_for_selector("#find-step:focus")
    page.keyboard.type("create a task")
    page.keyboard.press("Enter")
    step = page.locator(".step-node", has=page.locator("[data-step=action-1]"))
    wrong = page.locator(".settings-panel .invalid-feedback")
    # Once the server knows the step, it has said what is missing.
    page.wait_for_selector("[data-saving=saved]")
    expect(page.get_by_label("Title")).to_be_visible()
    expect(wrong).to_have_count(0)
    expect(step.locator(".badge-problem")).to_have_count(0)
    # A length of time is a number and a unit.
    page.get_by_label("Due after", exact=True).fill("2")
    page.get_by_label("Due after: unit").select_option("w")
    page.wait_for_selector("[data-saving=saved]")
    campaign.refresh_from_db()
    assert campaign.graph["nodes"][0]["config"]["due"] == "2w"
    # Left without a title, it says so; so does the wish to publish.
    page.locator("[data-step=start]").click()
    expect(step.locator(".badge-problem")).to_be_visible()
    page.get_by_role("button", name="Publish v1…").click()
    expect(page.locator(".problems button")).to_contain_text(["Create a task"])
