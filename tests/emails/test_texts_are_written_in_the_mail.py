"""In a browser: a text is written where it stands; what its author had stays, tags whole."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = """<mj-text>
        {% if contact.points > 3 %}<b style="color:#ff0000">Dear</b>{% endif %} \
{{ contact.first_name|default("a < b") }}&nbsp;!<br>
        <a href="{{ unsubscribe_url }}" class="x">Leave</a> now
      </mj-text>"""
PAGE = "<mjml><mj-body><mj-section><mj-column>%s</mj-column></mj-section></mj-body></mjml>"
PASTED = (
    '<meta><p class="MsoNormal" style="margin:0">'
    '<span style="font-weight:700;color:red">Bold</span>'
    '<!--[if x]><o:p></o:p><![endif]--> and <a href="javascript:x()">bad</a></p>'
    "<script>alert(1)</script>"
)
FORGED = (
    '<p data-pm-slice="1 1 []" data-relais-slice="">Look '
    '<relais-tag source="{{ contact.email }}">at this</relais-tag> and '
    '<a href="https://evil.example/?m={{ contact.email }}">there</a> or '
    '<a href="https://shop.example/">here</a></p>'
)
PASTE = """(element, html) => {
  const clip = new DataTransfer();
  clip.setData('text/html', html);
  const { ClipboardEvent } = element.ownerDocument.defaultView;
  const more = {clipboardData: clip, bubbles: true};
  element.dispatchEvent(new ClipboardEvent('paste', more));
}"""


def opened(open_page: Any, text: str = TEXT) -> Any:
    email = make_email(mjml=PAGE % text, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    mail = page.frame_locator("#email-design iframe")
    mail.locator(".relais-b-0-0-0").click()
    page.get_by_role("button", name="Write in the mail").click()
    return page, mail.locator(".relais-writing")


def source(page: Any) -> str:
    return str(page.locator("#id_mjml").input_value())


def test_typing_around_a_token_keeps_it_whole(open_page: Any):
    page, text = opened(open_page)
    expect(text).to_be_focused()
    expect(text.locator(".relais-token")).to_have_text("First name")
    page.keyboard.type(" please")
    expect(page.locator("#id_mjml")).to_have_value(
        (PAGE % TEXT).replace("<br>\n        ", "<br />").replace("</a> now", "</a> now please")
    )
    for _letter in " now please":
        page.keyboard.press("Backspace")
    page.locator(".stage .writing-bar").get_by_role("button", name="Bold").click()
    page.keyboard.type("end")
    expect(page.locator("#id_mjml")).to_have_value(
        (PAGE % TEXT).replace("<br>\n        ", "<br />").replace("</a> now", "</a><b>end</b>")
    )
    # What was opened comes back, byte for byte.
    for _step in range(30):
        page.keyboard.press("Control+z")
    expect(page.locator("#id_mjml")).to_have_value(PAGE % TEXT)
    # A condition loses no end alone: the first key selects it, the second would take it away.
    page.keyboard.press("Control+Home")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    expect(text).to_have_count(0)
    assert source(page) == PAGE % TEXT


def test_a_personal_value_is_put_in_and_what_is_pasted_is_clean(open_page: Any):
    page, text = opened(open_page, "<mj-text><p>Hello</p></mj-text>")
    expect(text).to_be_focused()
    page.get_by_role("button", name="Personal value").locator("visible=true").click()
    page.get_by_role("searchbox", name="Search personal values").locator("visible=true").fill(
        "first"
    )
    page.locator("#email-design .dropdown-item", has_text="contact.first_name").click()
    expect(text.locator(".relais-token")).to_have_count(1)
    text.evaluate(PASTE, PASTED)
    expect(text).to_contain_text("Bold and bad")
    kept = source(page)
    assert '{{ contact.first_name|default("' in kept
    assert "<b>Bold</b> and bad" in kept
    assert not [word for word in ("Mso", "script", "style") if word in kept]
    # Only what was copied here brings tags: elsewhere nobody sees what an address tells.
    text.evaluate(PASTE, FORGED)
    expect(text).to_contain_text("Look at this and there or here")
    kept = source(page)
    assert "contact.email" not in kept
    assert '<a href="https://shop.example/">here</a>' in kept


def test_a_colour_takes_the_place_of_the_one_before(open_page: Any):
    page, text = opened(open_page, '<mj-text color="#112233"><p>Hello</p></mj-text>')
    expect(text).to_be_focused()
    page.keyboard.press("Control+a")
    page.locator(".writing-bar").get_by_role("button", name="Colour").click()
    for colour in ("#aa0000", "#00aa00", "#aa0000"):
        page.locator(".writing-bar input[type=color]").fill(colour)
        made = f'<p><span style="color:{colour}">Hello</span></p>'
        expect(page.locator("#id_mjml")).to_have_value(
            PAGE % f'<mj-text color="#112233">{made}</mj-text>'
        )


def test_what_the_writer_would_lose_is_left_to_the_code(open_page: Any):
    rich = "<mj-text><table><tr><td>1</td></tr></table></mj-text>"
    page, text = opened(open_page, rich)
    expect(page.locator(".properties textarea")).to_be_visible()
    expect(text).to_have_count(0)
    assert source(page) == PAGE % rich


def test_selected_words_become_a_link(open_page: Any):
    page, text = opened(open_page, "<mj-text><p>Read more</p></mj-text>")
    expect(text).to_be_focused()
    for _letter in "more":
        page.keyboard.press("Shift+ArrowLeft")
    page.locator(".writing-bar").get_by_role("button", name="Link").click()
    link = page.locator(".writing-bar input.form-control")
    expect(link).to_be_focused()
    page.keyboard.type("https://example.com/?a=1&b={{ contact.last_name }}")
    page.keyboard.press("Enter")
    expect(link).to_have_count(0)
    address = "https://example.com/?a=1&amp;b={{ contact.last_name }}"
    made = PAGE % f'<mj-text><p>Read <a href="{address}">more</a></p></mj-text>'
    expect(page.locator("#id_mjml")).to_have_value(made)
    # What others do to the text meanwhile leaves what is typed.
    page.locator(".writing-bar").get_by_role("button", name="Link").click()
    expect(link).to_have_value("https://example.com/?a=1&b={{ contact.last_name }}")
    link.fill("https://example.com/other")
    page.locator(".writing-bar").get_by_role("button", name="Apply").click()
    expect(page.locator("#id_mjml")).to_have_value(
        made.replace(address, "https://example.com/other")
    )


def test_on_a_phone_the_panel_makes_room_for_the_text(open_page: Any):
    email = make_email(mjml=PAGE % TEXT, html="", subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit", viewport=PHONE)
    page.frame_locator("#email-design iframe").locator(".relais-b-0-0-0").click()
    page.locator("#email-design [data-sheet=right]").click()
    expect(page.locator("#email-design .wing.right")).to_be_visible()
    page.get_by_role("button", name="Write in the mail").click()
    expect(page.frame_locator("#email-design iframe").locator(".relais-writing")).to_be_focused()
    expect(page.locator("#email-design .wing.right")).not_to_be_visible()
