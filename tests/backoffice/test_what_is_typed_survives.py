"""A form is not left while nobody is there to take it: what was typed stays."""

from typing import Any

import pytest
from playwright.sync_api import expect

from stages.models import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_stays_when_the_session_has_ended_or_the_server_is_away(
    open_page: Any, settings: Any
):
    page = open_page("/stages/new")
    context = page.context
    kept = context.cookies()
    page.clock.install()
    page.get_by_label("Name").fill("Loyal")
    context.clear_cookies()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("You are signed out").wait_for()
    # It stays however long somebody takes, and leads to the sign-in and back here.
    page.clock.run_for(60_000)
    link = page.get_by_role("link", name="Sign in in another tab")
    expect(link).to_have_attribute("href", "/account/login?next=%2Fstages%2Fnew")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.get_by_label("Name")).to_have_value("Loyal")
    # Another session has another token; nobody has to load the page again for it.
    context.add_cookies([each for each in kept if each["name"] == settings.SESSION_COOKIE_NAME])
    context.set_offline(True)
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("No answer from the server").wait_for()
    expect(link).to_be_visible()
    context.set_offline(False)
    page.get_by_role("button", name="Save").first.click()
    page.get_by_role("heading", name="Loyal").wait_for()
    assert Stage.objects.get().name == "Loyal"
