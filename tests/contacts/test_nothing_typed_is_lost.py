"""In a browser: fields left are saved, tags offered, rows keep their mark, Back is explained."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from contacts.models import Contact, Tag
from kernel import clock
from segments.models import Segment
from segments.services import editing
from tests.browser import PHONE, sideways
from tests.contacts.test_bulk_actions_on_screen import tags_of
from tests.contacts.test_contacts_on_screen import add
from tests.segments.on_screen import FRENCH
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)


def edit(page: Any, field: str, text: str) -> None:
    page.locator(f"#fact-{field} .edits").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#fact-{field} input[name={field}]:focus")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def test_a_field_that_is_left_is_saved_and_what_is_refused_stays(open_page: Any, alice: Any):
    ada = add(email="a@example.com", city="Lyon", first_name="Ada")
    page = open_page(f"/contacts/{ada.pk}")
    edit(page, "city", "Nice")
    page.mouse.click(700, 500)
    page.get_by_text("City changed").wait_for()
    assert Contact.objects.get().city == "Nice"
    # A link pressed meanwhile goes on once it is kept.
    edit(page, "city", "Pau")
    page.get_by_role("link", name="Consent", exact=True).click()
    page.wait_for_url("**tab=consent*")
    assert Contact.objects.get().city == "Pau"
    # What cannot be kept holds the page, and says why.
    page.go_back()
    edit(page, "email", "nonsense")
    page.get_by_role("link", name="Consent", exact=True).click()
    page.locator("#fact-email [role=alert]").wait_for()
    expect(page.locator("#fact-email input[name=email]")).to_have_value("nonsense")
    page.locator("#fact-email input[name=email]").press("Escape")
    page.locator("#fact-email .edits:focus").wait_for()
    # Left as it was, nothing is asked of anybody.
    page.locator("#fact-city .edits").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#fact-city input[name=city]:focus")
    page.mouse.click(700, 500)
    page.locator("#fact-city .edits").wait_for()
    assert Contact.objects.get().email == "a@example.com"


AT_ONCE = """document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
  const field = document.querySelector("#fact-email input[name=email]");
  const link = document.querySelector("nav.tabs a[href*=consent]");
  field.value = "nonsense";
  link.focus();
  link.click();
}), {once: true})"""


def test_a_field_is_ready_as_soon_as_it_is_there(open_page: Any, alice: Any):
    ada = add(email="a@example.com")
    page = open_page(f"/contacts/{ada.pk}")
    page.evaluate(AT_ONCE)
    page.locator("#fact-email .edits").click()
    page.locator("#fact-email [role=alert]").wait_for()
    expect(page.locator("#fact-email input[name=email]")).to_have_value("nonsense")


def test_tags_are_offered_as_one_types(open_page: Any, alice: Any):
    for name in ("Ski club", "Skipper", "vip"):
        Tag.objects.create(name=name)
    ada = add(email="a@example.com")
    page = open_page("/contacts", viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="Select", exact=True).tap()
    # Rows are ticked now, not opened.
    page.locator("tbody tr .first a").first.tap()
    expect(page.locator("tbody .tick input").first).to_be_checked()
    # On a slow machine somebody types before the field is ready for it.
    page.evaluate("htmx.config.defaultSettleDelay = 400")
    page.locator("#bulk").get_by_role("button", name="Tags").tap()
    field = page.locator("#dialog [data-several][name=add]")
    field.press_sequentially("sk")
    offered = page.locator("#dialog .offered:visible li")
    offered.nth(2).wait_for()
    expect(offered).to_have_text(["Ski club", "Skipper", "New: “sk”"])
    field.press("ArrowDown")
    field.press("Enter")
    field.press_sequentially("VIP,new one,")
    chips = page.locator("#dialog .several .chip .clip")
    expect(chips).to_have_text(["Ski club", "vip", "new one"])
    page.get_by_role("button", name="Remove vip").tap()
    page.locator("#dialog button[type=submit]").tap()
    page.get_by_text("1 contact tagged “Ski club”, “new one”").wait_for()
    assert tags_of(ada.pk) == ["Ski club", "new one"]
    page.get_by_role("button", name="Undo").tap()
    page.get_by_text("Undone").wait_for()
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Ski club", "Skipper", "vip"]


def test_the_marked_row_stays_marked_while_the_list_fills(open_page: Any, alice: Any):
    for number in range(3):
        add(email=f"p{number}@example.com", first_name=f"P{number}", country="FR")
    segment = editing.create({"name": "French", "filter": FRENCH}, now=clock.now())
    settle()
    Segment.objects.filter(pk=segment.pk).update(state=Segment.State.BUILDING)
    page = open_page(f"/segments/{segment.pk}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    marked = page.locator("tr.at .first a").get_attribute("href")
    page.evaluate("document.querySelector('#segment-members').dataset.old = 'yes'")
    page.locator("#segment-members:not([data-old])").wait_for(state="attached")
    expect(page.locator("tr.at .first a")).to_have_attribute("href", marked)
    Segment.objects.filter(pk=segment.pk).update(state=Segment.State.READY)


def test_back_after_a_merge_is_explained_and_a_phone_shows_every_value(open_page: Any, alice: Any):
    ana = add(email="ana@x.example", first_name="Ana", city="Lyon").pk
    old = add(email="ana@old.example", first_name="Anna", city="Nice").pk
    page = open_page(f"/contacts/{old}", viewport=PHONE, has_touch=True)
    page.goto(page.evaluate("location.origin") + f"/contacts/merge?ids={ana},{old}")
    assert not sideways(page)
    for label in ("Lyon", "Nice"):
        box = page.get_by_label(label, exact=True)
        assert 0 <= box.bounding_box()["x"] < 390
    page.get_by_label("Nice", exact=True).check()
    page.get_by_role("button", name="Merge 2 contacts").tap()
    page.wait_for_url(re.compile(f"/contacts/{ana}$"))
    assert Contact.objects.get().city == "Nice"
    page.go_back()
    page.get_by_text("These contacts were merged before").wait_for()
    page.go_back()
    page.get_by_text("this is the one that stayed").wait_for()
