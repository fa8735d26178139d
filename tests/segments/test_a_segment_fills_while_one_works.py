"""While a segment is built only figures and members are exchanged: hands stay where they are."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from kernel import clock
from segments.models import Segment
from segments.services import editing
from tests.segments.on_screen import FRENCH, person
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_one_works_with_stays_while_the_list_fills(open_page: Any):
    ann = person(email="ann@example.com", country="FR", first_name="Ann")
    segment = editing.create({"name": "French", "filter": FRENCH}, now=clock.now())
    page = open_page(f"/segments/{segment.pk}")
    page.get_by_text("Being built: 0 members so far.").wait_for()
    page.get_by_text("The first members appear in a moment").wait_for()
    page.locator(".views a").nth(1).focus()
    search = page.get_by_label("Search the members")
    search.fill("an")
    page.get_by_role("button", name="More", exact=True).click()
    page.locator(".dropdown-menu.show").wait_for()
    with page.expect_response(re.compile(f"/segments/{segment.pk}$")):
        pass
    expect(page.locator(".dropdown-menu.show")).to_be_visible()
    assert search.input_value() == "an"
    settle()
    page.locator("#segment-members", has_text="Ann").wait_for()
    expect(page.locator(".dropdown-menu.show")).to_be_visible()
    assert search.input_value() == "an"
    expect(page.locator("#segment-count")).to_have_text("1")
    expect(page.locator("#segment-state")).to_contain_text("Up to date")
    page.get_by_text("Being built").wait_for(state="hidden")
    keeps_the_focus_in_the_list(page, segment, ann.pk)


def keeps_the_focus_in_the_list(page: Any, segment: Segment, person: int) -> None:
    """Also of a row that comes anew."""
    Segment.objects.filter(pk=segment.pk).update(state=Segment.State.BUILDING)
    page.reload()
    page.locator(f"#remove-{person}").focus()
    page.evaluate("document.querySelector('#segment-members').dataset.old = 'yes'")
    page.locator("#segment-members:not([data-old])").wait_for(state="attached")
    page.locator(f"#remove-{person}:focus").wait_for()
    Segment.objects.filter(pk=segment.pk).update(state=Segment.State.READY)
    page.locator("#building").wait_for(state="detached")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.wait_for_timeout(2_500)
    assert asked == []
