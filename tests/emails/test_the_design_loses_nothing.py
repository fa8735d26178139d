"""In a browser: what is typed, cut, pressed or taken back changes its own block and no other."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "<mjml><mj-body><mj-section><mj-column>%s</mj-column></mj-section></mj-body></mjml>"
TWO = "<mj-text><p>First</p></mj-text><mj-button href='#'>{{ contact.last_name }}</mj-button>"


def designed(open_page: Any, inside: str) -> Any:
    email = make_email(mjml=PAGE % inside, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    page.frame_locator("#email-design iframe").locator(".relais-b-0-0-0").wait_for()
    return page


def mail(page: Any) -> Any:
    return page.frame_locator("#email-design iframe")


def written(page: Any, inside: str) -> None:
    expect(page.locator("#id_mjml")).to_have_value(PAGE % inside)


def within(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part))


def test_a_token_typed_by_hand_leaves_the_next_block_alone(open_page: Any):
    page = designed(open_page, TWO)
    mail(page).locator(".relais-b-0-0-1").click()
    link = page.get_by_label("Link", exact=True)
    link.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("https://example.com/{{ contact.")
    expect(page.locator(".properties .waits")).to_be_visible()
    expect(page.locator("#id_mjml")).to_have_value(
        PAGE % TWO.replace("'#'", "'https://example.com/'").replace("/'", "/{'")
    )
    page.keyboard.type("first_name }}")
    expect(page.locator(".properties .waits")).to_have_count(0)
    written(page, TWO.replace("'#'", "'https://example.com/{{ contact.first_name }}'"))
    # In the text it opens nothing until it is whole.
    mail(page).locator(".relais-b-0-0-0").click()
    page.get_by_role("button", name="Write in the mail").click()
    text = mail(page).locator(".relais-writing")
    expect(text).to_be_focused()
    page.keyboard.type(" {{ contact.first_name")
    expect(page.locator("#id_mjml")).to_have_value(within("First &#123;{ contact.first_name</p>"))
    page.keyboard.type(" }}")
    expect(page.locator("#id_mjml")).to_have_value(within("First {{ contact.first_name }}</p>"))


def test_sizes_and_words_are_typed_as_in_any_field(open_page: Any):
    page = designed(open_page, TWO)
    mail(page).locator(".relais-b-0-0-1").click()
    size = page.get_by_label("Size", exact=True)
    size.click()
    page.keyboard.type("12")
    expect(size).to_have_value("12")
    page.keyboard.press("Enter")
    expect(size).to_have_value("12px")
    words = page.get_by_label("Words")
    words.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("A & B < C")
    expect(words).to_be_focused()
    expect(words).to_have_value("A & B < C")
    expect(page.locator("#id_mjml")).to_have_value(within(">A &amp; B &lt; C</mj-button>"))


def test_what_is_cut_comes_back_whole(open_page: Any):
    link = '<a href="https://example.com/{{ contact.last_name }}" style="color:#ff0000">you</a>'
    inside = f"<mj-text><p>Dear {{{{ contact.first_name }}}} {link}</p></mj-text>"
    page = designed(open_page, inside)
    mail(page).locator(".relais-b-0-0-0").click()
    page.get_by_role("button", name="Write in the mail").click()
    text = mail(page).locator(".relais-writing")
    expect(text).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+x")
    expect(text.locator(".relais-token")).to_have_count(0)
    page.keyboard.press("Control+v")
    expect(text.locator(".relais-token")).to_have_count(1)
    written(page, inside)


def test_the_writer_ends_with_its_block(open_page: Any):
    page = designed(open_page, "<mj-text>One</mj-text><mj-text>Two</mj-text>")
    page.locator("#design-structure").click()
    mail(page).locator(".relais-b-0-0-0").click()
    page.get_by_role("button", name="Write in the mail").click()
    expect(mail(page).locator(".relais-writing")).to_be_focused()
    page.get_by_role("treeitem").nth(3).click()
    page.keyboard.press("Delete")
    expect(page.get_by_role("treeitem")).to_have_count(4)
    expect(mail(page).locator(".relais-writing")).to_have_count(0)
    written(page, "<mj-text>Two</mj-text>")


def test_steps_are_taken_back_in_the_code_and_in_the_design(open_page: Any):
    page = designed(open_page, TWO)
    mail(page).locator(".relais-b-0-0-1").click()
    page.locator(".stage .acts").get_by_role("button", name="Remove").click()
    written(page, "<mj-text><p>First</p></mj-text>")
    page.keyboard.press("Control+e")
    code = page.locator(".cm-content:visible")
    code.get_by_text("First").click()
    expect(code).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.type(" ")
    expect(page.locator("#id_mjml")).to_have_value(" " + PAGE % "<mj-text><p>First</p></mj-text>")
    page.keyboard.press("Control+e")
    mail(page).get_by_text("First").wait_for()
    page.locator("#email-undo").click()
    written(page, "<mj-text><p>First</p></mj-text>")
    page.locator("#email-undo").click()
    written(page, TWO)
    # Beside both, it is the one written in last; the code holds what is old by now.
    mail(page).locator(".relais-b-0-0-1").click()
    page.locator(".stage .acts").get_by_role("button", name="Duplicate").click()
    written(page, TWO + "<mj-button href='#'>{{ contact.last_name }}</mj-button>")
    page.locator(".stage .acts").get_by_role("button", name="Remove").click()
    written(page, TWO)
    page.locator("button[data-part=settings]").click()
    page.locator("#email-undo").click()
    written(page, TWO + "<mj-button href='#'>{{ contact.last_name }}</mj-button>")
    page.locator("#email-undo").click()
    written(page, TWO)
    page.locator("#email-redo").click()
    written(page, TWO + "<mj-button href='#'>{{ contact.last_name }}</mj-button>")


def test_a_large_document_is_written_in(open_page: Any):
    many = "".join(f"<mj-text><p>Line {number}</p></mj-text>" for number in range(250))
    page = designed(open_page, many)
    mail(page).get_by_text("Line 123", exact=True).click()
    page.get_by_role("button", name="Write in the mail").click()
    expect(mail(page).locator(".relais-writing")).to_be_focused()
    page.keyboard.type(" and more")
    written(page, many.replace("Line 123<", "Line 123 and more<"))
