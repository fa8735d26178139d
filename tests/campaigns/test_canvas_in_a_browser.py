"""The canvas in a real Chromium: drawn by mouse and keyboard, kept by itself, published, shared."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from emails.models import Email
from tests.browser import faults

pytestmark = pytest.mark.django_db(transaction=True)


def saved(page: Any) -> None:
    page.wait_for_selector("[data-saving=saved]")


def add_by_keyboard(page: Any, name: str, step: str) -> None:
    page.keyboard.press("n")
    page.wait_for_selector("#find-step:focus")
    page.keyboard.type(name)
    page.wait_for_selector(".offer.at")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-step={step}]:focus")


def draw_by_mouse(page: Any) -> None:
    page.get_by_label("Whoever is added by hand").check()
    page.locator(".offer", has_text="Send an email").click()
    page.get_by_role("combobox", name="Email").click()
    page.locator(".settings-panel [role=option]", has_text="Welcome aboard").click()
    saved(page)


def draw_by_keyboard(page: Any) -> None:
    """A decision after the email, a tag on its yes, an exit on its no."""
    page.locator("[data-step=action-1]").focus()
    add_by_keyboard(page, "email opened", "decision-1")
    add_by_keyboard(page, "change tags", "action-2")
    page.keyboard.press("Enter")
    page.wait_for_selector(".settings-panel input:focus")
    page.keyboard.type("engaged")
    page.wait_for_selector(".settings-panel [role=option] >> text=engaged")
    page.keyboard.press("Enter")
    # What nothing follows is drawn, too: after how long, and that it ends.
    expect(page.locator(".stub")).to_have_text(["No, after 3 d"])
    page.locator("[data-step=decision-1]").focus()
    add_by_keyboard(page, "exit", "exit-1")
    page.wait_for_selector(".stub", state="detached")


def remove_and_undo(page: Any) -> None:
    """Removing heals the path, undoing brings back, and the focus is never lost."""
    page.keyboard.press("ArrowUp")
    page.wait_for_selector("[data-step=decision-1]:focus")
    page.keyboard.press("Delete")
    page.wait_for_selector("[data-step=decision-1]", state="detached")
    page.wait_for_selector("[data-step=action-2]:focus")
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-step=decision-1]")
    saved(page)


def publish(page: Any) -> None:
    page.get_by_role("button", name="Publish v1…").click()
    page.get_by_role("button", name="Publish v1", exact=True).click()
    page.wait_for_selector('#campaign-state >> text="Published"')


def change_at_once(page: Any, other: Any) -> None:
    """The second to save sees the draft of the first; undo leads back to theirs, and asks."""
    other.get_by_label("What it is for").fill("Say hello")
    saved(other)
    page.locator("[data-step=action-2]").click()
    page.wait_for_selector("[data-step=action-2]:focus")
    page.keyboard.press("Delete")
    page.wait_for_selector("dialog[open] >> text=Somebody else changed this campaign")
    page.get_by_role("button", name="See theirs").click()
    page.wait_for_selector("[data-step=action-2]")
    expect(page.get_by_text("This is theirs")).to_be_visible()
    # A step of one's own on top of theirs is taken back first.
    page.locator("[data-step=start]").click()
    page.get_by_label("What it is for").fill("Say hello again")
    saved(page)
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    saved(page)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "PUT" else None)
    page.clock.install()
    undo.click()
    page.wait_for_selector("dialog[open] >> text=Somebody else changed this campaign")
    page.wait_for_selector("[data-step=action-2]", state="detached")
    # Past the pause after which a draft is saved.
    page.clock.fast_forward(5_000)
    assert sent == []
    page.get_by_role("button", name="See theirs").click()
    page.wait_for_selector("[data-step=action-2]")
    undo.click()
    page.get_by_role("button", name="Overwrite theirs with mine").click()
    saved(page)
    assert len(sent) == 1


def test_a_campaign_is_drawn_kept_published_and_shared(open_page: Any, alice: User):
    email = Email.objects.create(name="Welcome aboard", type="template", subject="Hi", owner=alice)
    empty: dict[str, Any] = {"nodes": [], "edges": []}
    campaign = Campaign.objects.create(name="Onboarding", owner=alice, graph=empty)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector(".step-node")
    draw_by_mouse(page)
    draw_by_keyboard(page)
    remove_and_undo(page)
    campaign.refresh_from_db()
    assert {(path["from"], path["branch"], path["to"]) for path in campaign.graph["edges"]} == {
        ("start", "next", "action-1"),
        ("action-1", "next", "decision-1"),
        ("decision-1", "yes", "action-2"),
        ("decision-1", "no", "exit-1"),
    }
    configs = {step["id"]: step["config"] for step in campaign.graph["nodes"]}
    assert configs["decision-1"] == {"within": "3d", "email": str(email.pk)}
    assert configs["action-2"] == {"add": ["engaged"], "remove": []}
    assert campaign.sources == [{"manual": True}]
    assert faults(page) == []

    publish(page)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.published.number) == ("published", 1)

    other = open_page(f"/campaigns/{campaign.pk}", color_scheme="dark")
    change_at_once(page, other)
    campaign.refresh_from_db()
    assert len(campaign.graph["nodes"]) == 3
    assert faults(other) == []


def test_a_draft_whose_answer_is_lost_is_no_conflict_with_oneself(open_page: Any, alice: User):
    empty: dict[str, Any] = {"nodes": [], "edges": []}
    campaign = Campaign.objects.create(name="Onboarding", owner=alice, graph=empty)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector(".step-node")
    lost: list[int] = []

    def route(each: Any) -> None:
        if each.request.method != "PUT" or lost:
            each.continue_()
            return
        lost.append(each.fetch().status)
        each.abort("internetdisconnected")

    page.route("**/draft", route)
    page.get_by_label("What it is for").fill("Say hello")
    page.wait_for_selector("[data-saving=offline]")
    page.get_by_label("What it is for").fill("Say hello twice")
    saved(page)
    assert lost == [200]
    campaign.refresh_from_db()
    assert (campaign.objective, campaign.version) == ("Say hello twice", 3)
    expect(page.locator("dialog[open]")).to_have_count(0)
