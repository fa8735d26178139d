"""On a phone people are chosen by their pictures; a field is edited by keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from contacts.models import Contact
from tests.browser import PHONE
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_are_chosen_on_a_phone_and_tagged(open_page: Any, alice: Any):
    for number in range(3):
        add(email=f"p{number}@example.com", first_name=f"Name{number}")
    page = open_page("/contacts", viewport=PHONE, has_touch=True)
    first = page.locator("tbody tr").first
    box = first.locator(".avatar").bounding_box()
    page.touchscreen.tap(box["x"] + 12, box["y"] + 12)
    expect(first).to_have_attribute("aria-selected", "true")
    bar = page.locator("#bulk")
    expect(bar).to_contain_text("1 selected")
    bar.get_by_role("button", name="All 3").tap()
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Tags").tap()
    page.fill("#dialog [name=add]", "vip")
    page.locator("#dialog button[type=submit]").tap()
    page.wait_for_selector("text=3 contacts")
    # A tap on the row itself opens it.
    page.locator("tbody tr .first .under").first.tap()
    page.wait_for_url("**/contacts/*?in=*")


def test_a_field_is_edited_by_keyboard(open_page: Any, alice: Any):
    ada = add(email="a@example.com", city="Lyon")
    page = open_page(f"/contacts/{ada.pk}")
    for key, city in (("Escape", "Lyon"), ("Enter", "Nice")):
        page.locator("#fact-city .edits").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#fact-city input[name=city]:focus")
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("Nice")
        page.keyboard.press(key)
        page.wait_for_selector("#fact-city .edits")
        expect(page.locator("#fact-city")).to_contain_text(city)
    assert Contact.objects.get().city == "Nice"
    page.get_by_role("button", name="More").click()
    page.get_by_text("Delete…").click()
    gone = page.locator("#ask-delete button[type=submit]")
    expect(gone).to_be_disabled()
    page.fill("#typed", "A@example.com")
    expect(gone).to_be_enabled()
