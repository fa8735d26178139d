"""A company is filed by keyboard, seen by its chips, and somebody joins it."""

from typing import Any

import pytest

from contacts.models import Company, CompanyPerson
from kernel import filing
from kernel.models import Folder
from tests.browser import faults
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_company_is_filed_and_joined(open_page: Any, alice: Any):
    Folder.objects.create(sort="category", name="Customers", colour=2)
    Folder.objects.create(sort="label", name="Nordics", colour=3)
    people({"first_name": "Ada", "last_name": "Byron", "company": "Acme"})
    globex = Company.objects.create(name="Globex")
    page = open_page(f"/companies/{globex.pk}")
    page.get_by_role("button", name="File under…").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#dialog [name=category]")
    assert not faults(page)
    page.select_option("#dialog [name=category]", label="Customers")
    page.get_by_label("Nordics").check()
    page.locator("#dialog button[type=submit]").press("Enter")
    page.wait_for_selector("#filed .chip >> text=Nordics")
    assert filing.of("company", [globex.pk])[globex.pk].told() == {
        "category": "Customers",
        "labels": ["Nordics"],
    }
    page.get_by_role("link", name="People", exact=True).click()
    page.fill("#add-person", "byron")
    page.locator("#found-people button").click()
    page.wait_for_selector(".rows >> text=Ada Byron")
    assert CompanyPerson.objects.get().company == globex
    page.get_by_role("button", name="More about Ada Byron").click()
    page.get_by_role("button", name="Make it their primary company").click()
    page.wait_for_selector("text=This is their primary company now")
    assert not faults(page)
