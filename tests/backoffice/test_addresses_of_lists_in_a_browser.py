"""In a browser: what is empty is not in the address; keys are those of the reader's keyboard."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_address_holds_what_narrows_the_list_and_nothing_else(open_page: Any):
    make_email(name="Spring")
    make_email(name="Autumn", state="unpublished")
    page = open_page("/emails")
    # Not an Apple, wherever this runs on Linux.
    expect(page.locator(".finder .off-apple")).to_have_text("Ctrl K")
    expect(page.locator(".finder .off-apple")).to_be_visible()
    expect(page.locator(".finder .on-apple")).to_be_hidden()
    page.locator("[data-filters]").click()
    page.locator("#filter-state").select_option("published")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"/emails\?state=published$"))
    expect(page.locator("tbody .first a")).to_have_text(["Spring"])
    page.fill("[data-searches]", "zzz")
    expect(page).to_have_url(re.compile(r"/emails\?state=published&q=zzz$"))
    page.fill("[data-searches]", "")
    expect(page).to_have_url(re.compile(r"/emails\?state=published$"))
