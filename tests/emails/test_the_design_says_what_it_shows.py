"""In a browser: for whom the mail is drawn, what of it is not, and why it is older."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from emails.backoffice import preview
from tests.emails.people import make_contact, make_email

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "<mj-head><mj-style>html, body { height: 100%% }</mj-style></mj-head>"
PAGE = f"<mjml>{HEAD}<mj-body><mj-section><mj-column>%s</mj-column></mj-section></mj-body></mjml>"
HIDDEN = '{% if contact.first_name == "Zoë" %}<mj-text>Only Zoë</mj-text>{% endif %}'
SEEN = "<mj-text>Everybody</mj-text>"
# As high for some pictures as it was before them.
RESTS = """element => {
  const now = element.getBoundingClientRect().height;
  window.same = now === window.height ? (window.same || 0) + 1 : 0;
  window.height = now;
  return window.same > 9;
}"""


def designed(open_page: Any, inside: str) -> Any:
    email = make_email(mjml=PAGE % inside, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    page.frame_locator("#email-design iframe").get_by_text("Everybody").wait_for()
    return page


def test_a_text_that_is_not_drawn_is_changed_as_html(open_page: Any):
    page = designed(open_page, HIDDEN + SEEN)
    page.locator("#design-structure").click()
    row = page.get_by_role("treeitem", name="Only Zoë")
    row.click()
    row.press("Enter")
    expect(page.locator(".properties")).to_contain_text("This text is not drawn now")
    expect(page.locator(".properties textarea")).to_be_focused()
    frame = page.locator("#email-design iframe").element_handle()
    page.wait_for_function(RESTS, arg=frame)


def test_for_whom_it_is_drawn_is_said_and_can_be_left(open_page: Any):
    make_contact("zoe@example.com")
    page = designed(open_page, HIDDEN + SEEN)
    mail = page.frame_locator("#email-design iframe")
    page.locator("[data-part=preview]").click()
    page.locator("button:has(#as-whom)").click()
    page.locator("#person-list .dropdown-item", has_text="zoe@example.com").click()
    page.locator("[data-part=design]").click()
    expect(page.locator("#email-design .whom")).to_contain_text("Zoë")
    mail.get_by_text("Only Zoë").wait_for()
    page.get_by_role("button", name="Show it as nobody in particular").click()
    expect(page.locator("#email-design .whom")).to_have_count(0)
    expect(mail.get_by_text("Only Zoë")).to_have_count(0)


def test_too_many_changes_are_told(open_page: Any, monkeypatch: pytest.MonkeyPatch):
    page = designed(open_page, SEEN)
    monkeypatch.setattr(preview, "PER_MINUTE", 1)
    open_page.meant.append("429")
    # A minute may end between two of them.
    for count in range(1, 4):
        page.locator("[data-offer=divider]").click()
        expect(page.locator("#id_mjml")).to_have_value(
            re.compile(f"(<mj-divider.*){{{count}}}", re.DOTALL)
        )
    expect(page.locator("#email-design .meta.red")).to_contain_text("Many changes at once")
