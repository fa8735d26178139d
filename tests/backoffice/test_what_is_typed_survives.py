"""A form is not left while nobody is there to take it: what was typed stays."""

from typing import Any

import pytest

from stages.models import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_stays_when_the_session_has_ended_or_the_server_is_away(open_page: Any):
    page = open_page("/stages/new")
    context = page.context
    kept = context.cookies()
    page.get_by_label("Name").fill("Loyal")
    context.clear_cookies()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("You are signed out").wait_for()
    assert page.get_by_label("Name").input_value() == "Loyal"
    context.add_cookies(kept)
    context.set_offline(True)
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("No answer from the server").wait_for()
    context.set_offline(False)
    page.get_by_role("button", name="Save").first.click()
    page.get_by_role("heading", name="Loyal").wait_for()
    assert Stage.objects.get().name == "Loyal"
