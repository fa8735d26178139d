"""A page that was open before somebody signed in anew goes on by itself: nothing typed is lost."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import BuiltIn, Role
from campaigns.models import Campaign
from contacts.models import Contact
from emails.models import Email
from tests.campaigns.test_two_people_draw_one_campaign import EDGE, NODE
from tests.cast import make_user
from tests.contacts.test_contacts_on_screen import add
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sign_in_again(settings: Any, open_page: Any) -> Any:
    """As in another tab: the same person or another, with another token."""
    open_page.meant.append("403")

    def again(page: Any, other: Any = None) -> None:
        of_whom = (other or page).context.cookies()
        page.context.clear_cookies()
        session = [each for each in of_whom if each["name"] == settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(session)

    return again


def test_a_form_is_saved(open_page: Any, sign_in_again: Any):
    ada = add(email="a@example.com", city="Lyon")
    page = open_page(f"/contacts/{ada.pk}/edit")
    page.get_by_label("City").fill("Nice")
    sign_in_again(page)
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url(f"**/contacts/{ada.pk}")
    assert Contact.objects.get().city == "Nice"


def test_an_email_is_saved_and_seen(open_page: Any, sign_in_again: Any):
    email = make_email(subject="Hello")
    page = open_page(f"/emails/{email.pk}/edit")
    page.locator("#seen-subject", has_text="Hello").wait_for()
    sign_in_again(page)
    page.locator("#id_subject").fill("Good evening")
    page.locator("#seen-subject", has_text="Good evening").wait_for()
    # Once more: what the preview found out is not all that must know.
    sign_in_again(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#email-status", has_text="Saved at").wait_for()
    assert Email.objects.get().subject == "Good evening"


def test_a_campaign_is_saved(open_page: Any, alice: Any, sign_in_again: Any):
    graph = {"nodes": [NODE], "edges": [EDGE]}
    campaign = Campaign.objects.create(name="Onboarding", owner=alice, graph=graph)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector("[data-step=wait-1]")
    sign_in_again(page)
    page.get_by_label("What it is for").fill("Say hello")
    page.wait_for_selector("[data-saving=saved]")
    campaign.refresh_from_db()
    assert campaign.objective == "Say hello"


def test_what_is_pressed_in_a_part_of_a_page_is_asked_for_once_more(
    open_page: Any, sign_in_again: Any
):
    ada = add(email="a@example.com", city="Lyon")
    page = open_page(f"/contacts/{ada.pk}")
    page.locator("#fact-city .edits").click()
    field = page.locator("#fact-city input[name=city]")
    field.fill("Nice")
    sign_in_again(page)
    field.press("Enter")
    page.get_by_text("You are signed in again").wait_for()
    field.press("Enter")
    page.get_by_text("City changed").wait_for()
    assert Contact.objects.get().city == "Nice"


def test_nothing_is_saved_as_somebody_else(open_page: Any, sign_in_again: Any):
    ada = add(email="a@example.com", city="Lyon")
    page = open_page(f"/contacts/{ada.pk}/edit")
    bob = make_user("Bob", Role.objects.get(built_in=BuiltIn.MARKETER))
    other = open_page("/", user=bob)
    page.get_by_label("City").fill("Nice")
    sign_in_again(page, other)
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("Somebody else is signed in here by now").wait_for()
    expect(page.get_by_label("City")).to_have_value("Nice")
    assert Contact.objects.get().city == "Lyon"
