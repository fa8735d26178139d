"""Who stands at a step is shown also to who asks early, or goes on quickly."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journey import bring, graph, node, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)

# Go on to a tab in the very moment a step was opened, before the next frame is drawn.
HASTE = """async () => {
  const frames = [], real = window.requestAnimationFrame;
  window.requestAnimationFrame = (act) => frames.push(act);
  const face = document.querySelector("[data-step=hold]");
  face.focus();
  face.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  window.requestAnimationFrame = real;
  const tabs = () => document.querySelectorAll(".settings-panel [role=tab]");
  while (!tabs().length) await new Promise((go) => setTimeout(go, 10));
  tabs()[2].focus();
  frames.forEach((act) => act(0));
  return document.activeElement === tabs()[2];
}"""


@pytest.fixture
def campaign(api: Any) -> int:
    made = run(api, graph([node("hold", "wait", **{"for": "3d"})], "start>hold"))
    bring(api, made, people(3))
    settle()
    return int(made)


def test_people_are_shown_when_the_figures_come_late(open_page: Any, campaign: int) -> None:
    page = open_page("/")
    held: list[Any] = []
    page.route("**/statistics", lambda each: held.append(each))
    with page.expect_request("**/statistics"):
        page.goto(page.url + f"campaigns/{campaign}")
    page.locator("[data-step=hold]").click()
    page.get_by_role("tab", name="People").click()
    expect(page.get_by_role("tab", name="People")).to_have_attribute("aria-selected", "true")
    for each in held:
        each.continue_()
    page.unroute("**/statistics")
    expect(page.locator(".settings-panel .people a")).to_have_count(3)


def test_who_has_gone_on_is_not_called_back(open_page: Any, campaign: int) -> None:
    page = open_page(f"/campaigns/{campaign}")
    page.wait_for_selector("[data-step=hold]")
    assert page.evaluate(HASTE)
