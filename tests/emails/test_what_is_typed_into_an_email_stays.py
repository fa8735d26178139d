"""In a browser: an email that is not saved yet survives a reload and the way back."""

from typing import Any

import pytest
from playwright.sync_api import expect

from emails.models import Email
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('relais:typed:')).length"


def wait_until_kept(page: Any) -> None:
    for _try in range(300):
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(100)
    raise AssertionError("Nothing is kept.")


def test_what_was_typed_is_there_after_a_reload_and_gone_once_saved(open_page: Any, alice: Any):
    page = open_page("/emails/new/blank")
    page.on("dialog", lambda asked: asked.accept())
    restored = page.locator("#email-restored")
    expect(restored).to_be_hidden()
    page.get_by_label("Subject").fill("Winter sale")
    page.get_by_role("button", name="Code", exact=True).click()
    page.locator(".cm-content:visible").click()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type("<!-- mine -->")
    page.locator("[data-part=settings]").click()
    page.get_by_label("Name", exact=True).fill("Winter")
    page.get_by_label("Type").select_option("segment")
    page.reload()
    expect(restored).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Winter")
    expect(page.locator("#id_type")).to_have_value("segment")
    expect(page.get_by_label("Subject")).to_have_value("Winter sale")
    expect(page.locator(".cm-content:visible")).to_contain_text("<!-- mine -->")
    # Left by mistake, and back.
    page.get_by_role("link", name="Back", exact=True).click()
    page.wait_for_url("**/emails")
    page.go_back()
    expect(page.get_by_label("Subject")).to_have_value("Winter sale")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/edit")
    assert Email.objects.get().subject == "Winter sale"
    page.goto(page.url.rpartition("/emails/")[0] + "/emails/new/blank")
    expect(page.locator(".cm-content:visible")).to_be_visible()
    expect(restored).to_be_hidden()
    expect(page.get_by_label("Subject")).to_have_value("")


def test_what_was_brought_back_can_be_discarded(open_page: Any, alice: Any):
    page = open_page("/emails/new/blank")
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_label("Subject").fill("Winter sale")
    page.reload()
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Subject")).to_have_value("")
    expect(page.locator("#email-restored")).to_be_hidden()


def test_a_page_that_got_what_another_typed_does_not_save_over_it_unseen(
    open_page: Any, alice: Any
):
    email = make_email(subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    page.get_by_label("Subject").fill("Winter sale")
    wait_until_kept(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#email-restored")).to_be_visible()
    page.get_by_label("Subject").fill("Winter sale, the last days")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#email-status", has_text="Saved at").wait_for()
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator("#email-stale")).to_be_visible()
    assert Email.objects.get().subject == "Winter sale, the last days"


def test_who_signs_out_leaves_nothing_typed_behind(open_page: Any, alice: Any):
    page = open_page("/emails/new/blank")
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_label("Subject").fill("Winter sale")
    wait_until_kept(page)
    page.goto(page.url.replace("/emails/new/blank", "/stages"))
    page.locator("form[data-signs-out]").evaluate("form => form.requestSubmit()")
    page.wait_for_url("**/account/**")
    assert page.evaluate(KEPT) == 0
