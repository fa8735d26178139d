"""Every dialog of contacts by keyboard: the focus goes in, stays in, comes back; Enter does it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.contacts.imports.steps import begun
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db(transaction=True)
INSIDE = "dialog => dialog.contains(document.activeElement)"
OPENED = "dialog[open]"
WATCH = """() => {
  window.left = 0;
  const dialog = document.querySelector("dialog[open]");
  dialog.addEventListener("focusout", (event) => {
    window.left += dialog.contains(event.relatedTarget) ? 0 : 1;
  });
}"""


def tick(page: Any) -> None:
    page.locator("tbody .tick input").first.check()


# Where, what comes before, and the accessible name of what opens it.
DIALOGS: dict[str, tuple[str, Callable[[Any], None] | None, str]] = {
    **{f"bulk {name}": ("/contacts", tick, name) for name in ("Tags", "Segment", "Owner", "Stage")},
    "bulk export": ("/contacts", tick, "Export"),
    "bulk delete": ("/contacts", tick, "Delete"),
    "saved view": ("/contacts", None, "Save as a view"),
    "filters": ("/contacts", None, "Filters"),
    "palette": ("/contacts", None, "Search or jump to…"),
    "columns of a file": ("{file}/columns", None, "for the column Email"),
    "merge all": ("/contacts/duplicates?by=name", None, "Merge all…"),
}


@pytest.fixture
def world(client: Any, alice: Any) -> dict[str, str]:
    client.force_login(alice)
    for number in range(2):
        twin = {"first_name": "Ana", "last_name": "Lima", "company": "Acme"}
        add(email=f"p{number}@example.com", **twin)
    return {"file": begun(client, "Email,City\nana@x.example,Lyon\n")}


def test_each_dialog_keeps_the_focus_and_gives_it_back(open_page: Any, world: dict[str, str]):
    page, at, wrong = open_page("/contacts"), "/contacts", list[str]()
    for name, (where, before, opener) in DIALOGS.items():
        where = where.format(**world)
        if where != at or before:
            page.goto(page.evaluate("location.origin") + where)
            at = where
        if before:
            before(page)
        button = page.get_by_role("button", name=opener, exact="column" not in opener).first
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(OPENED)
        dialog = page.locator(OPENED)
        page.wait_for_function(f"({INSIDE})(document.querySelector('dialog[open]'))")
        page.evaluate(WATCH)
        for keys in ("Tab", "Shift+Tab"):
            for _press in range(14):
                page.keyboard.press(keys)
            if not dialog.evaluate(INSIDE) or page.evaluate("window.left"):
                wrong.append(f"{name}: {keys} leaves it")
        page.keyboard.press("Escape")
        page.wait_for_selector(OPENED, state="detached")
        # The dialog gives the focus back a moment after it has closed.
        expect(button, f"{name}: the focus does not come back").to_be_focused()
    assert not wrong, "\n".join(wrong)


def test_enter_does_it_and_menus_take_the_focus_back(open_page: Any, world: dict[str, str]):
    page = open_page("/contacts")
    tick(page)
    page.get_by_role("button", name="Tags", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#dialog [name=add]:focus")
    for key in ("v", "i", "p", "Enter", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("1 contact tagged “vip”").wait_for()
    # What opened it stood in a menu, which is closed by then.
    page.goto(
        page.evaluate("location.origin")
        + page.locator("tbody .first a").first.get_attribute("href")
    )
    menu = page.get_by_role("button", name="Do", exact=True)
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Points", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#dialog [name=delta]:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector(OPENED, state="detached")
    expect(menu).to_be_focused()
