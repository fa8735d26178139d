"""In a browser: what is half typed waits where it was typed; a value finds its text."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "<mj-text><p>First</p></mj-text>"
BUTTON = '<mj-button href="https://example.com/">Go</mj-button>'
PAGE = "<mjml><mj-body><mj-section><mj-column>%s</mj-column></mj-section></mj-body></mjml>"


def designed(open_page: Any) -> Any:
    email = make_email(mjml=PAGE % (TEXT + BUTTON), html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    mail = page.frame_locator("#email-design iframe")
    mail.locator(".relais-b-0-0-0").wait_for()
    return page, mail


def test_what_is_half_typed_is_there_when_one_comes_back(open_page: Any):
    page, mail = designed(open_page)
    mail.locator(".relais-b-0-0-1").click()
    page.get_by_label("Words").fill("Go {{ contact")
    mail.locator(".relais-b-0-0-0").click()
    expect(page.get_by_label("Words")).to_have_count(0)
    # It goes along with its block.
    page.locator("[data-offer=divider]").click()
    expect(mail.locator(".relais-b-0-0-2")).to_have_count(1)
    page.get_by_role("button", name="Half typed, not in the email yet").click()
    words = page.get_by_label("Words")
    expect(words).to_have_value("Go {{ contact")
    assert "{{ contact" not in page.locator("#id_mjml").input_value()
    words.fill("Go {{ contact.last_name }}")
    expect(page.get_by_role("button", name="Half typed")).to_have_count(0)
    assert "Go {{ contact.last_name }}</mj-button>" in page.locator("#id_mjml").input_value()


def test_a_value_goes_into_the_selected_text_or_says_where_to_press(open_page: Any):
    page, mail = designed(open_page)
    opener = page.get_by_role("button", name="Personal value").locator("visible=true")
    first = page.locator("#email-design .dropdown-item", has_text="contact.first_name")
    opener.click()
    first.click()
    expect(page.get_by_text("Press a text or a field first.")).to_be_visible()
    mail.locator(".relais-b-0-0-0").click()
    opener.click()
    first.click()
    expect(mail.locator(".relais-writing .relais-token")).to_have_text("First name")
    assert "<p>First{{ contact.first_name" in page.locator("#id_mjml").input_value()


def test_delete_on_a_control_is_not_for_the_block(open_page: Any):
    page, mail = designed(open_page)
    mail.locator(".relais-b-0-0-1").click()
    left = page.get_by_role("button", name="Left side")
    left.focus()
    left.press("Delete")
    left.press("Control+d")
    expect(mail.locator(".relais-b-0-0-2")).to_have_count(1)
    assert page.locator("#id_mjml").input_value() == PAGE % (TEXT + BUTTON + BUTTON)
