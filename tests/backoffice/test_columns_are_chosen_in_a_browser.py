"""Columns are offered when asked for, however many fields there are."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from contacts.models import Contact, Field
from tests.browser import faults

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 300


def test_hundreds_of_columns_are_offered_when_asked_for(open_page: Any, alice: User) -> None:
    Contact.objects.create(email="ada@example.com", attrs={})
    Field.objects.bulk_create(
        Field(alias=f"wish_{number}", label=f"Wish {number}", type="text") for number in range(MANY)
    )
    page = open_page("/contacts")
    assert "Wish 299" not in page.content()
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Wish 299").check()
    assert faults(page) == []
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Wish 299")).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_label("Wish 299")).to_be_checked()
    expect(page.get_by_label("Wish 298")).not_to_be_checked()
