"""A connection in a browser: lines are added to its mapping, and a test says what came back."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from integrations.models import Connection
from tests.browser import PHONE, WIDE, open_page  # noqa: F401 - a fixture
from tests.journey import people
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("PICTURES_TO")


def test_lines_are_added_and_a_test_tells_what_came_back(open_page, crm, connect, api):  # noqa: F811
    row, contacts = connect(), people(3)
    crm.records["1"] = {"id": "1", "emailAddress": "z@x.example", "city": "Ulm"}
    page = open_page(f"/settings/connections/{row.pk}")
    page.get_by_role("button", name="Test this").click()
    expect(page.locator("#tried")).to_contain_text("status 200")
    page.get_by_role("button", name="Read its fields").click()
    expect(page.locator("#tried")).to_contain_text("3 fields found")
    page.get_by_label("Email or number of a contact").fill("p1@example.com")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#previewed")).to_contain_text('"emailAddress": "p1@example.com"')
    page.get_by_role("link", name="Edit", exact=True).click()
    lines = page.locator("#mapping-lines tr")
    expect(lines).to_have_count(8)
    for count in (9, 10):
        page.get_by_role("button", name="Add a line").click()
        expect(lines).to_have_count(count)
    lines.last.get_by_label("field there").fill("country")
    lines.last.get_by_label("filled with").select_option("contact.country")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Contact: Country")).to_be_visible()
    kept = Connection.objects.get().mapping
    assert [line["source"] for line in kept][-1] == "contact.country"
    assert len(kept) == 6
    if PICTURES:
        pictures(open_page, api, crm, row, contacts)


def pictures(opened, api, crm, row, contacts):
    crm.faults = [None, None, 400]
    api.post(f"/api/v1/connections/{row.pk}/push", {"contacts": contacts})
    settle()
    at = f"/settings/connections/{row.pk}"
    paths = {"list": "/settings/connections", "item": at, "log": f"{at}?tab=log"}
    paths |= {"form": f"{at}/edit", "contact": f"/contacts/{contacts[0]}?tab=integrations"}
    for scheme in ("light", "dark"):
        for size, viewport in (("wide", WIDE), ("phone", PHONE)):
            for name, path in paths.items():
                page = opened(path, viewport=viewport, color_scheme=scheme)
                page.wait_for_load_state("networkidle")
                file = Path(PICTURES) / f"{name}-{scheme}-{size}.png"
                page.screenshot(path=str(file), full_page=True)
                page.context.close()
