"""Dialogs by keyboard: the focus goes in and stays, Escape ends them, and it comes back."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from contacts.models import Topic
from emails.models import Email
from tests.emails.people import make_contacts, make_email, make_segment
from tests.journey import graph, node, ok

pytestmark = pytest.mark.django_db(transaction=True)
FOCUS = """() => {
  const at = document.activeElement, open = [...document.querySelectorAll('dialog[open]')].pop();
  return {inside: Boolean(open?.contains(at)), nowhere: at === document.body,
          name: at.getAttribute('aria-label') || at.textContent.trim().slice(0, 40)};
}"""


@pytest.fixture
def places(api: Any, alice: User) -> dict[str, str]:
    segment = make_segment(make_contacts(2))
    email = make_email(type="segment", segments=[segment], owner=alice, name="Spring")
    Email.objects.update(state=Email.State.PUBLISHED)
    drawn = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")
    body = {"name": "Journey", "graph": drawn, "sources": [{"manual": True}]}
    return {
        "segment": f"/segments/{segment.pk}",
        "email": f"/emails/{email.pk}",
        "editor": f"/emails/{email.pk}/edit",
        "campaign": f"/campaigns/{ok(api.post('/api/v1/campaigns', body), 201)['id']}",
        "topic": f"/settings/topics/{Topic.objects.create(name='News').pk}",
        "home": "/",
    }


def press(page: Page, *names: str) -> str:
    """Open by Enter, menu by menu; return the name of what has the focus first."""
    for name in names:
        button = page.get_by_role("button", name=name, exact=True).first
        button.focus()
        page.keyboard.press("Enter")
    return names[0]


def test_the_keyboard_goes_in_stays_and_comes_back(open_page: Any, places: dict[str, str]):
    page = open_page("/")
    home = page.url.rstrip("/")
    for place, *names in (
        ("segment", "Add people"),
        ("segment", "More", "Delete…"),
        ("email", "Send…"),
        ("email", "More", "Delete…"),
        ("editor", "Send a test"),
        ("campaign", "Publish v1…"),
        ("campaign", "More", "Delete…"),
        ("topic", "More", "Delete…"),
        ("home", "Search or jump to…"),
    ):
        page.goto(home + places[place])
        said = f"{place}: {names}"
        back = press(page, *names)
        expect(page.locator("dialog[open]"), said).to_be_visible()
        expect(page.locator("dialog[open] :focus"), said).to_have_count(1)
        for key in ["Tab"] * 12 + ["Shift+Tab"] * 14:
            page.keyboard.press(key)
            at = page.evaluate(FOCUS)
            # Between the last and the first the browser's own buttons have it.
            assert at["inside"] or at["nowhere"], f"{said}: {at}"
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]"), said).to_have_count(0)
        # The dialog gives the focus back a moment after it has closed.
        page.wait_for_function(f"back => ({FOCUS})().name.startsWith(back)", arg=back)
