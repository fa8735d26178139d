"""Who stands at a step is shown also to who asks early, or goes on quickly."""

from typing import Any

import pytest
from playwright.sync_api import expect

from campaigns.models import Step, StepState, Visit
from kernel import clock
from tests.campaigns.counting import count
from tests.campaigns.versions import publish_anew
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


def test_only_those_listed_are_acted_on(open_page: Any, api: Any, campaign: int) -> None:
    publish_anew(api, str(campaign), in_flight="finish")
    bring(api, str(campaign), people(2, start=10))
    settle()
    Step.objects.update(state=StepState.PARKED, error="Refused.", due_at=clock.now())
    for number, parked in ((1, 3), (2, 2)):
        count(campaign, "hold", number=number, waiting=-parked, failed=parked)
    page = open_page(f"/campaigns/{campaign}")
    page.get_by_role("button", name="People").first.click()
    mode = page.locator(".mode-page")
    mode.get_by_role("button", name="Parked").click()
    expect(mode.locator(".people a")).to_have_count(5)
    mode.get_by_label("Time", exact=True).select_option("7")
    mode.get_by_text("Who is parked is listed as of now").wait_for()
    expect(mode.get_by_role("button", name="End their way")).to_have_count(0)
    mode.get_by_label("Time", exact=True).select_option("all")
    mode.get_by_label("Ways that began in").select_option("2")
    expect(mode.locator(".people a")).to_have_count(2)
    mode.get_by_role("button", name="End their way").click()
    mode.get_by_text("Nobody.").wait_for()
    assert Visit.objects.filter(left_at=None, edition=1).count() == 3


def test_a_refusal_is_said_and_no_figure_of_before_is_shown(open_page: Any, campaign: int) -> None:
    page = open_page(f"/campaigns/{campaign}")
    page.get_by_role("button", name="Results").click()
    mode = page.locator(".mode-page")
    waiting = mode.locator(".by-step [data-label=Waiting]")
    expect(waiting).to_have_text("3")
    refused = '{"errors": [{"field": null, "code": "too_slow", "message": "Not in time."}]}'
    open_page.meant.append("400")
    page.route(
        "**/statistics?*",
        lambda each: each.fulfill(status=400, body=refused, content_type="application/json"),
    )
    mode.get_by_label("Time", exact=True).select_option("7")
    mode.locator(".choosing").get_by_text("Not in time.").wait_for()
    expect(waiting).to_have_count(0)
    mode.get_by_label("Time", exact=True).select_option("all")
    expect(waiting).to_have_text("3")
