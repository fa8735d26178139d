"""The email editor on a bad line: what was saved unheard is neither made twice nor a conflict."""

from typing import Any

import pytest
from playwright.sync_api import expect

from emails.models import Email
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)


def loses_an_answer(page: Any) -> list[int]:
    """Let the server do what is asked, and lose its next answer; return its code."""
    lost: list[int] = []

    def route(each: Any) -> None:
        if each.request.method != "POST" or lost:
            each.continue_()
            return
        lost.append(each.fetch().status)
        each.abort("internetdisconnected")

    page.route("**/emails/new/blank", route)
    page.route("**/emails/*/edit", route)
    return lost


def write(page: Any, name: str) -> None:
    page.locator("[data-part=settings]").click()
    page.locator("#id_name").fill(name)


def save(page: Any) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def saved(page: Any) -> None:
    page.locator("#email-status", has_text="Saved at").wait_for()


def test_a_new_email_whose_answer_is_lost_is_made_once(open_page: Any):
    page = open_page("/emails/new/blank")
    page.locator("#id_subject").fill("Hello")
    write(page, "News")
    lost = loses_an_answer(page)
    save(page)
    page.locator("#email-away").wait_for()
    # Typed while it is away, and saved with what comes then.
    write(page, "News of May")
    saved(page)
    assert lost == [200]
    assert [email.name for email in Email.objects.all()] == ["News of May"]
    assert page.url.endswith(f"/emails/{Email.objects.get().pk}/edit")
    expect(page.locator("#email-stale")).to_be_hidden()


def test_a_change_whose_answer_is_lost_is_no_conflict_with_oneself(open_page: Any):
    email = make_email()
    page = open_page(f"/emails/{email.pk}/edit")
    write(page, "Once")
    loses_an_answer(page)
    save(page)
    saved(page)
    expect(page.locator("#email-stale")).to_be_hidden()
    email.refresh_from_db()
    assert (email.name, email.version) == ("Once", 2)
    stumble(page)
    email.refresh_from_db()
    assert email.name == "Kept"


def stumble(page: Any) -> None:
    """Draw the answer of a save where it cannot be drawn: that is no server that is away."""
    page.evaluate(
        """() => {
          document.getElementById("email-name").remove();
          addEventListener("unhandledrejection", (event) => {
            event.preventDefault();
            document.body.dataset.stumbled = "yes";
          });
        }"""
    )
    write(page, "Kept")
    save(page)
    page.locator("body[data-stumbled]").wait_for()
    expect(page.locator("#email-away")).to_be_hidden()
