"""On the canvas: headers and fields of a call are written row by row, a deletion warns."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from tests.browser import faults
from tests.journey import graph, node

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://hooks.example/people"


def write(page: Any, group: str, name: str, value: str) -> None:
    rows = page.get_by_role("group", name=group)
    rows.get_by_role("button", name="Add one").click()
    rows.get_by_label("Name of pair 1").fill(name)
    rows.get_by_label(f"Value of {name}").fill(value)


def kept(campaign: Campaign) -> dict[str, Any]:
    campaign.refresh_from_db()
    config: dict[str, Any] = campaign.graph["nodes"][0]["config"]
    return config


def test_a_call_is_written_and_a_deletion_warns(open_page: Any, alice: User):
    steps = [
        node("call", "action", "webhooks.post", url=URL),
        node("gone", "action", "contacts.delete"),
    ]
    drawing = graph(steps, "start>call", "call>gone")
    campaign = Campaign.objects.create(name="Farewell", owner=alice, graph=drawing)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.locator("[data-step=call]").click()
    page.get_by_label("Method").select_option("PUT")
    page.get_by_label("How it is sent").select_option("json")
    write(page, "Headers", "X-Api-Key", "s3cret")
    write(page, "Fields", "email", "{{ contact.email }}")
    page.get_by_label("Seconds to wait").fill("20")
    page.wait_for_selector("[data-saving=saved]")
    config = kept(campaign)
    assert (config["method"], config["format"], config["timeout"]) == ("PUT", "json", 20)
    assert config["pairs"] == [{"name": "email", "value": "{{ contact.email }}"}]
    assert config["headers"][0]["value"].startswith("sealed:")

    again = open_page(f"/campaigns/{campaign.pk}")
    again.locator("[data-step=call]").click()
    value = again.get_by_label("Value of X-Api-Key")
    expect(value).to_have_attribute("placeholder", "kept")
    expect(value).to_have_value("")
    again.get_by_role("button", name="Take out email").click()
    again.wait_for_selector("[data-saving=saved]")
    expect(again.get_by_text("Say what is sent.")).to_be_visible()

    again.locator("[data-step=gone]").click()
    expect(again.get_by_role("note")).to_contain_text("erased for good")
    expect(again.get_by_text("Where it leads")).to_have_count(0)
    assert faults(again) == []
