"""The builder of filters on the list, by keyboard and on a phone: counted, applied, changed."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, faults, sideways
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_filter_is_built_applied_and_changed(open_page: Any, alice: Any, size: str):
    add(first_name="Ada", city="Lyon", email="ada@example.com")
    add(first_name="Bea", city="Nice")
    page = open_page("/contacts", **({"viewport": PHONE} if size == "phone" else {}))
    page.locator("body").press("f")
    add_one = page.locator("#narrow").get_by_role("button", name="Condition", exact=True)
    add_one.wait_for()
    page.get_by_text("Show 2 contacts").wait_for()
    add_one.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("City")
    # Escape closes the list of fields, not the dialog around it.
    page.keyboard.press("Escape")
    add_one.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("City")
    page.keyboard.press("Enter")
    page.locator("#narrow footer .btn-primary[disabled]").wait_for()
    page.keyboard.type("Lyon")
    page.get_by_text("Show 1 contact", exact=True).wait_for()
    expect(page.locator("[data-says]")).to_contain_text("Lyon")
    assert faults(page) == []
    assert not sideways(page)
    page.locator("#narrow footer .btn-primary").click()
    page.wait_for_url("**/contacts?*filter=*")
    expect(page.locator("tbody .first a")).to_have_text(["Ada"])
    # The token opens it again, with what is typed beside it.
    page.fill("[data-searches]", "zzz")
    page.get_by_text("Nothing matches").wait_for()
    page.locator(".token button").click()
    page.get_by_text("Show 0 contacts").wait_for()
    page.locator("#narrow").get_by_role("link", name="Clear").click()
    page.locator("tbody tr").nth(1).wait_for()
