"""The canvas in a real Chromium: what is wrong names its step, times are in whole units."""

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
    steps = [opened, rest, node("tag", "action", "tags.change")]
    drawn = graph(steps, "start>seen", "seen:no>rest", "seen:yes>tag")
    campaign = Campaign.objects.create(
        name="Onboarding", owner=alice, graph=drawn, sources=[{"manual": True}]
    )
    page = open_page(f"/campaigns/{campaign.pk}", viewport={"width": 1440, "height": 900})
    page.wait_for_selector(".branch >> text=No, after 1 h")
    overhang = "document.documentElement.scrollHeight - window.innerHeight"
    assert page.evaluate(overhang) == 0
    page.keyboard.press("n")
    page.keyboard.type("tag")
    expect(page.locator(".offer.at")).to_have_text("Change tags")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Publish v1…").click()
    said = [line.inner_text().strip() for line in page.locator(".problems button").all()]
    assert "Delay: Less than 0 is not possible: write 0 or more." in said
    assert any(line.startswith("Change tags: ") for line in said)
    page.locator(".problems button", has_text="Less than 0").click()
    page.wait_for_selector("[data-step=rest]:focus")
    page.wait_for_selector(".settings-panel .invalid-feedback >> text=Less than 0")
    assert faults(page) == []
