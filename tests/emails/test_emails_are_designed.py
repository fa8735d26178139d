"""In a browser: an email is put together by blocks, by mouse and by key; all else stays."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from emails.models import Email
from tests.browser import PHONE, faults, sideways
from tests.emails.people import make_email
from tests.shared_data import shared

pytestmark = pytest.mark.django_db(transaction=True)
BLANK = """<mjml>
  <!-- ours -->
  <mj-body>
    <mj-section><mj-column><mj-text>First &amp; last</mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
"""


def source(page: Any) -> str:
    return str(page.locator("#id_mjml").input_value())


def mail(page: Any) -> Any:
    return page.frame_locator("#email-design iframe")


def save(page: Any) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#email-status", has_text="Saved at").wait_for()


def drag(page: Any, offer: str, onto: Any) -> None:
    """Take something from the palette to the upper edge of what is drawn."""
    # Playwright's own mouse waits for scripts of the frame, which has none.
    devtools = page.context.new_cdp_session(page)

    def mouse(kind: str, x: float, y: float) -> None:
        more = {"button": "left", "buttons": 1, "clickCount": 1}
        devtools.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})

    start = page.locator(f"[data-offer={offer}]").bounding_box()
    end = onto.bounding_box()
    mouse("mousePressed", start["x"] + 20, start["y"] + 20)
    for step in (0.5, 1):
        x, y = start["x"] + 20, start["y"] + 20
        mouse("mouseMoved", x + (end["x"] + 60 - x) * step, y + (end["y"] + 2 - y) * step)
    page.locator(".stage .line").wait_for()
    mouse("mouseReleased", end["x"] + 60, end["y"] + 2)
    page.locator(".stage .line").wait_for(state="detached")


def test_an_email_is_put_together_by_mouse(open_page: Any):
    page = open_page("/emails/new/blank")
    page.get_by_label("Subject").fill("Winter sale")
    hello = mail(page).get_by_text("Hello friend")
    hello.wait_for()
    drag(page, "button", hello)
    expect(mail(page).get_by_text("Have a look")).to_have_count(2)
    assert source(page).index("mj-button") < source(page).index("Hello")
    page.get_by_label("Words").fill("To the sale & more")
    page.get_by_label("Link", exact=True).fill("https://example.com/sale?a=1&b=2")
    mail(page).get_by_role("link", name="To the sale & more").wait_for()
    assert 'href="https://example.com/sale?a=1&amp;b=2"' in source(page)
    # What is dragged between sections gets one of its own.
    page.locator("[data-offer=columns_2]").click()
    expect(mail(page).get_by_text("Write your text here.")).to_have_count(2)
    mail(page).get_by_text("Write your text here.").first.click()
    page.locator(".stage .acts").get_by_role("button", name="Remove").click()
    expect(mail(page).get_by_text("Write your text here.")).to_have_count(1)
    page.locator("#email-undo").click()
    expect(mail(page).get_by_text("Write your text here.")).to_have_count(2)
    page.locator("[data-part=settings]").click()
    page.locator("#id_name").fill("Winter")
    save(page)
    kept = Email.objects.get().mjml
    assert kept.count("mj-column>") == 10
    assert 'a=1&amp;b=2"' in kept
    assert ">To the sale &amp; more</mj-button>" in kept


def test_an_email_is_put_together_by_key(open_page: Any):
    email = make_email(mjml=BLANK, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    mail(page).get_by_text("First & last").wait_for()
    page.locator("#design-blocks").press("ArrowRight")
    rows = page.get_by_role("treeitem")
    rows.first.press("ArrowDown")
    rows.nth(1).press("ArrowRight")
    rows.nth(2).press("ArrowRight")
    expect(rows.nth(3)).to_be_focused()
    rows.nth(3).press("Control+d")
    expect(rows.nth(4)).to_be_focused()
    rows.nth(4).press("Enter")
    text = mail(page).locator(".relais-writing")
    expect(text).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Second")
    expect(text).to_have_text("Second")
    page.keyboard.press("Escape")
    expect(rows.nth(4)).to_be_focused()
    rows.nth(4).press("Alt+ArrowUp")
    expect(rows.nth(3)).to_be_focused()
    expect(rows.nth(3)).to_contain_text("Second")
    rows.nth(3).press("Delete")
    expect(rows).to_have_count(4)
    expect(rows.nth(3)).to_be_focused()
    rows.nth(3).press("Control+z")
    expect(rows.nth(3)).to_contain_text("Second")
    # The code is a key away, and tells the same.
    page.keyboard.press("Control+e")
    expect(page.locator(".cm-content:visible")).to_contain_text("Second")
    assert source(page) == BLANK.replace(
        "<mj-text>First", "<mj-text>Second</mj-text><mj-text>First"
    )


def test_what_is_opened_and_saved_is_what_it_was(open_page: Any):
    template = shared("email-templates", "mjml") / "mjml-net" / "onepage.mjml"
    # No other host is asked, and the line ends are those of another system.
    text = re.sub(r"https?://[^\"']*\.(png|jpg)", "data:,", template.read_text())
    mjml = "\n" + text.replace("\r\n", "\n").replace("\n", "\r\n")
    email = make_email(mjml=mjml, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    page.locator("#design-structure").click()
    page.get_by_role("treeitem").nth(5).click()
    mail(page).locator("td").first.wait_for()
    page.get_by_label("Subject").fill("Hello again")
    save(page)
    email.refresh_from_db()
    assert email.subject == "Hello again"
    assert email.mjml == mjml


def test_faults_are_told_beside_their_block(open_page: Any):
    email = make_email(mjml=BLANK, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    mail(page).get_by_text("First & last").click()
    page.locator(".properties summary").click()
    page.locator(".properties textarea").fill("Hi {{ contact.firstname }}")
    fault = page.locator(".properties .note.red")
    expect(fault).to_contain_text("contact.firstname")
    mail(page).get_by_text("First & last").wait_for()
    page.locator(".properties textarea").fill("Hi {{ contact.first_name }}")
    expect(fault).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_design_is_accessible_at_both_sizes(open_page: Any, theme: str):
    email = make_email(mjml=BLANK, html="", subject="Hello")
    for size in ({}, {"viewport": PHONE}):
        page = open_page(f"/emails/{email.pk}/edit", color_scheme=theme, **size)
        mail(page).get_by_text("First & last").click()
        page.locator(".stage .chosen").wait_for()
        assert faults(page) == []
        assert not sideways(page)
