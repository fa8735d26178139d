"""The bell asks how many are unread while somebody may look, and at once when they look again."""

from typing import Any

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
# Nothing but a person hides a tab: what the browser then says is said in its place.
LOOK = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COUNT = "**/notices/count"


def test_a_hidden_tab_asks_nobody_and_one_that_is_shown_asks_at_once(open_page: Any):
    page = open_page("/contacts")
    page.clock.install()
    page.reload()
    page.locator(".bell-sign").wait_for()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "notices/count" in sent.url else None)
    page.evaluate(LOOK, "hidden")
    page.clock.run_for(200_000)
    with page.expect_response(COUNT):
        page.evaluate(LOOK, "visible")
    assert len(asked) == 1
    with page.expect_response(COUNT):
        page.clock.run_for(61_000)
