"""A welcome series drawn by keyboard and mouse, tidied, copied, simulated, and nobody touched."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign, Visit
from contacts.models import Contact, ContactState
from emails.models import Delivery, Email
from tests.browser import PHONE, faults, sideways
from tests.campaigns.test_canvas_in_a_browser import add_by_keyboard, saved

pytestmark = pytest.mark.django_db(transaction=True)


def drawn(campaign: Campaign) -> set[tuple[str, str, str]]:
    campaign.refresh_from_db()
    return {(path["from"], path["branch"], path["to"]) for path in campaign.graph["edges"]}


def connect_and_copy(page: Any, campaign: Campaign) -> None:
    """C connects, ⌘C and ⌘V copy a step with all that follows, L tidies up, undo takes back."""
    page.locator("[data-step=decision-1]").focus()
    page.keyboard.press("c")
    page.locator("[data-step=exit-1]").focus()
    page.keyboard.press("c")
    saved(page)
    assert ("decision-1", "no", "exit-1") in drawn(campaign)
    page.locator("[data-step=wait-1]").focus()
    page.keyboard.press("Control+c")
    page.locator("[data-step=action-2]").focus()
    page.keyboard.press("Control+v")
    page.wait_for_selector("[data-step=wait-2]")
    saved(page)
    assert ("action-2", "next", "wait-2") in drawn(campaign)
    page.keyboard.press("l")
    for _step in range(2):
        page.keyboard.press("Control+z")
    page.wait_for_selector("[data-step=wait-2]", state="detached")
    saved(page)


def simulate(page: Any) -> None:
    page.get_by_role("button", name="Simulate", exact=True).click()
    page.get_by_role("combobox", name="Search a contact…").fill("zo")
    page.get_by_role("option", name="Zoë").click()
    page.locator(".simulation .btn-primary").click()
    page.wait_for_selector("[data-moment=exit-1]")
    page.locator("[data-moment=decision-1] select").first.select_option("yes")
    page.wait_for_selector("[data-moment=action-2]")
    page.wait_for_selector("[data-moment=exit-1]", state="detached")


def test_a_series_is_drawn_connected_copied_and_simulated(open_page: Any, alice: User):
    email = Email.objects.create(name="Welcome", type="template", subject="Hi", owner=alice)
    zoe = Contact.objects.create(email="zoe@example.com", first_name="Zoë", last_name="Martin")
    ContactState.objects.create(contact=zoe)
    mail = {"id": "action-1", "kind": "action", "key": "emails.send"}
    graph = {
        "nodes": [{**mail, "config": {"email": email.pk}}],
        "edges": [{"from": "start", "to": "action-1", "branch": "next"}],
    }
    campaign = Campaign.objects.create(
        name="Welcome series", owner=alice, graph=graph, sources=[{"manual": True}]
    )
    page = open_page(f"/campaigns/{campaign.pk}")
    page.locator("[data-step=action-1]").focus()
    for name, step in (("delay", "wait-1"), ("email opened", "decision-1")):
        add_by_keyboard(page, name, step)
    add_by_keyboard(page, "adjust points", "action-2")
    page.get_by_role("spinbutton", name="Points").fill("5")
    page.locator(".offer", has_text="Exit").drag_to(
        page.locator(".react-flow__pane"), target_position={"x": 60, "y": 560}
    )
    page.wait_for_selector("[data-step=exit-1]")
    connect_and_copy(page, campaign)
    simulate(page)
    expect(page.locator(".step-node .hour")).to_have_count(4)
    expect(page.locator(".react-flow__edge-path.walked")).to_have_count(4)
    expect(page.locator("[data-moment=action-2]")).not_to_contain_text("mail")
    assert faults(page) == []
    assert not Visit.objects.exists()
    assert not Delivery.objects.exists()
    page.keyboard.press("Escape")
    page.wait_for_selector(".simulation", state="detached")
    phone = open_page(f"/campaigns/{campaign.pk}", viewport=PHONE, color_scheme="dark")
    phone.get_by_role("button", name="Simulate", exact=True).click()
    phone.locator(".simulation .btn-primary").click()
    phone.wait_for_selector("[data-moment=exit-1]")
    assert not sideways(phone)
    assert faults(phone) == []
