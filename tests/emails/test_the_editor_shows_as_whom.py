"""As whom an email is shown and tested: chosen by keyboard, said in the dialog, so sent."""

from typing import Any

import pytest
from playwright.sync_api import expect

from emails.models import CapturedMail
from tests.emails.people import make_contact, make_email

pytestmark = pytest.mark.django_db(transaction=True)
CUT = "button => button.scrollWidth > button.clientWidth || button.offsetWidth < 80"


def test_a_test_goes_out_as_the_person_chosen_by_keyboard(open_page: Any):
    make_contact("zoe@example.com")
    make_contact("yan@example.com", first_name="Yan")
    html = "<p>Hi {{ contact.first_name }}</p>"
    email = make_email(name="Long " * 30, subject="For {{ contact.first_name }}", html=html)
    page = open_page(f"/emails/{email.pk}/edit")
    sends = page.locator("[data-opens=test-dialog]")
    assert not sends.evaluate(CUT)
    page.locator("button:has(#as-whom)").click()
    page.locator("#person-list .dropdown-item", has_text="zoe@example.com").wait_for()
    page.keyboard.type("zo")
    page.keyboard.press("Enter")
    page.locator("#seen-subject", has_text="For Zoë").wait_for()
    page.locator("button:has(#as-whom)").click()
    page.locator("#person-search").fill("ya")
    page.locator("#person-list .dropdown-item:only-child", has_text="Yan").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#seen-subject", has_text="For Yan").wait_for()
    sends.click()
    expect(page.locator("#test-dialog [data-as-whom]")).to_contain_text("Yan")
    page.locator("#test-form button[type=submit]").click()
    page.get_by_text("Test sent to").wait_for()
    assert CapturedMail.objects.get().subject == "[Test] For Yan"
