"""In a browser: blocks are copied, sections laid out anew, values put where one wrote last."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "<mjml><mj-body><mj-section>%s</mj-section></mj-body></mjml>"
TEXT = "<mj-text><p>First</p></mj-text>"
BUTTON = '<mj-button href="https://example.com/">Go</mj-button>'
ONE = f"<mj-column>{TEXT}{BUTTON}</mj-column>"


def designed(open_page: Any, inside: str = ONE) -> Any:
    email = make_email(mjml=PAGE % inside, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    page.frame_locator("#email-design iframe").locator(".relais-b-0-0-0").wait_for()
    return page


def mail(page: Any) -> Any:
    return page.frame_locator("#email-design iframe")


def written(page: Any, inside: str) -> None:
    expect(page.locator("#id_mjml")).to_have_value(PAGE % inside)


def test_a_block_is_copied_in_the_mail_and_in_the_structure(open_page: Any):
    page = designed(open_page)
    mail(page).locator(".relais-b-0-0-1").click()
    page.keyboard.press("Control+c")
    expect(page.locator("#email-design [role=status]").last).to_have_text("Button copied")
    mail(page).locator(".relais-b-0-0-0").click()
    page.keyboard.press("Control+v")
    written(page, f"<mj-column>{TEXT}{BUTTON}{BUTTON}</mj-column>")
    page.locator("#design-structure").click()
    row = page.get_by_role("treeitem").nth(3)
    row.click()
    row.press("Control+x")
    written(page, f"<mj-column>{BUTTON}{BUTTON}</mj-column>")
    # Of a field it is the words.
    mail(page).locator(".relais-b-0-0-0").click()
    words = page.get_by_label("Words")
    words.click()
    words.press("Control+a")
    words.press("Control+v")
    expect(words).to_have_value("<mj-text><p>First</p></mj-text>")


def test_a_section_takes_other_columns_and_keeps_what_it_holds(open_page: Any):
    page = designed(open_page)
    page.locator("#design-structure").click()
    page.get_by_role("treeitem").nth(1).click()
    page.get_by_role("button", name="Narrow and wide").click()
    expect(mail(page).get_by_text("Write your text here.")).to_be_visible()
    expect(page.locator("#id_mjml")).to_have_value(
        re.compile('width="33.33%".*width="66.67%"', re.DOTALL)
    )
    page.get_by_role("button", name="1 column", exact=True).click()
    expect(mail(page).get_by_text("Write your text here.")).to_be_visible()
    expect(page.locator("#id_mjml")).to_have_value(
        re.compile("^(?!.*width=).*</mj-column>", re.DOTALL)
    )
    assert page.locator("#id_mjml").input_value().count("<mj-column") == 1


def test_the_looks_of_the_whole_email_are_set_in_one_place(open_page: Any):
    page = designed(open_page)
    size = page.get_by_label("Size of the texts")
    size.click()
    page.keyboard.type("19")
    page.keyboard.press("Tab")
    expect(size).to_have_value("19px")
    expect(page.locator("#id_mjml")).to_have_value(re.compile('<mj-text font-size="19px" />'))
    expect(mail(page).locator(".relais-b-0-0-0 > div")).to_have_css("font-size", "19px")


def test_a_value_goes_into_the_field_one_wrote_in_last(open_page: Any):
    page = designed(open_page)
    saves: list[str] = []
    page.on("request", lambda asked: saves.append(asked.url) if "/edit" in asked.url else None)
    mail(page).locator(".relais-b-0-0-1").click()
    link = page.get_by_label("Link", exact=True)
    link.click()
    page.keyboard.press("End")
    page.get_by_role("button", name="Personal value").locator("visible=true").click()
    search = page.get_by_role("searchbox", name="Search personal values").locator("visible=true")
    search.fill("contact.first_name")
    search.press("Enter")
    value = 'https://example.com/{{ contact.first_name|default("text where it is empty") }}'
    expect(link).to_have_value(value)
    written(page, ONE.replace("https://example.com/", value))
    expect(page.locator("#email-design .checks .pill")).not_to_have_class(re.compile("red"))
    expect(mail(page).get_by_role("link", name="Go")).to_have_attribute(
        "href", re.compile("^https://example.com/[^{]*$")
    )
    assert not saves


def test_images_asked_for_while_one_writes_leave_the_text(open_page: Any):
    page = designed(open_page)
    mail(page).locator(".relais-b-0-0-0").click()
    page.get_by_role("button", name="Write in the mail").click()
    text = mail(page).locator(".relais-writing")
    expect(text).to_be_focused()
    page.keyboard.type(" and more")
    page.locator("#email-design").get_by_role("button", name="Images", exact=True).click()
    expect(text).to_have_count(0)
    expect(mail(page).get_by_text("First and more")).to_be_visible()
    # They are asked for on each page anew.
    page.reload()
    images = page.locator("#email-design").get_by_role("button", name="Images", exact=True)
    expect(images).to_have_attribute("aria-pressed", "false")


def test_a_refused_save_leads_to_its_field(open_page: Any):
    page = designed(open_page)
    page.locator("[data-part=settings]").click()
    page.locator("#id_name").fill("")
    page.locator("[data-part=design]").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#id_name")).to_be_focused()
