"""What time leads in by is chosen on the canvas, said in words, and counted before publishing."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from contacts.models import Contact, Field
from kernel import clock
from tests.browser import faults
from tests.journey import graph, people, points

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_birthday_and_inactivity_are_chosen_and_counted(open_page: Any, alice: User):
    Field.objects.create(object="contact", label="Birthday", alias="birthday", type="date")
    soon = clock.now() + timedelta(days=9)
    Contact.objects.filter(pk__in=people(3)).update(attrs={"birthday": f"1990-{soon:%m-%d}"})
    drawn = graph([points("first")], "start>first")
    campaign = Campaign.objects.create(name="Birthdays", owner=alice, graph=drawn)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector(".step-node")
    page.get_by_role("button", name="Add a date, such as a birthday").click()
    page.get_by_label("Before or after", exact=True).fill("3")
    page.get_by_role("combobox", name="Before or after the date").select_option("before")
    page.get_by_label("At what time").fill("08:30")
    expect(page.get_by_text("People enter once: next year nobody enters again.")).to_be_visible()
    page.get_by_role("button", name="Add inactivity").click()
    page.get_by_label("Days without activity").fill("60")
    start = page.locator("[data-step=start]")
    expect(start).to_contain_text("3 days before the anniversary of “Birthday” at 08:30")
    expect(start).to_contain_text("Inactive for 60 days")
    page.wait_for_selector("[data-saving=saved]")
    assert faults(page) == []
    page.get_by_role("button", name="Publish").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Come in by time within 30 days: 3")
    expect(dialog).to_contain_text("Come in at once: 0")
    expect(dialog).to_contain_text("People enter once")
