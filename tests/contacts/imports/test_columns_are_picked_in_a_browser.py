"""Columns are picked in a browser; what it was told of styles is not written again."""

from typing import Any

import pytest

from accounts.models import User
from contacts.models import Import
from tests.contacts.imports.steps import begun

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_picked_column_breaks_no_rule_of_the_page(open_page: Any, client: Any, alice: User):
    client.force_login(alice)
    at = begun(client, "email,a,b\nana@x.example,Ana,yes\n")
    page = open_page(f"{at}/columns")
    for column, to in ((1, "New field"), (2, "Who wants mail")):
        page.locator(f"#to-{column}").click()
        page.locator("#picker input").fill(to)
        page.keyboard.press("Enter")
        page.locator(f"#to-{column}", has_text=to if column == 2 else "a").wait_for()
        page.locator("#label-1").wait_for()
        # As browsers and their extensions do: a style that no page wrote.
        page.locator("#label-1").evaluate("field => field.style.setProperty('width', '120px')")
    page.wait_for_function("document.querySelector('#to-2').dataset.to === '@opt_in'")
    assert Import.objects.get().options["opt_in"]["column"] == "b"
