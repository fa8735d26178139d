"""The last step tells by itself what the whole file clears, once that is counted."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from contacts.models import Contact
from tests.contacts.imports.steps import begun
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_number_of_the_whole_file_comes_by_itself(open_page: Any, client: Any, alice: User):
    client.force_login(alice)
    known = [f"p{n}@x.example" for n in range(1_100)]
    people(*({"email": email, "city": "Lyon"} for email in known))
    at = begun(client, "\n".join(["email,city", *(f"{email}," for email in known)]))
    rules = {"match": "email", "mode": "upsert", "owner": "", "tags": "", "empty_clears": "yes"}
    client.post(f"{at}/rules", rules)
    page = open_page(f"{at}/check")
    told = page.locator("#cleared")
    expect(told).to_contain_text("first 1,000 rows")
    # Asked twice: what the first answer says is on the page by the second.
    for _poll in range(2):
        with page.expect_response(lambda answer: answer.url.endswith("/cleared")):
            pass
    expect(told).to_contain_text("Empty cells of the first 1,000 rows will clear 1,000 known")
    settle()
    expect(told).to_contain_text("Empty cells will clear 1,100 known values: City (1,100).")
    assert Contact.objects.filter(city="Lyon").count() == 1_100
