"""What people do with campaigns, in a real Chromium: by keyboard alone, by copies, by retrying."""

from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign, Step, StepState
from campaigns.services import admitting, publishing
from contacts.models import Contact, ContactState
from kernel import clock
from kernel.events import Fact, record
from stages.models import Stage
from stages.services.moving import move
from tests.browser import faults
from tests.campaigns.counting import count
from tests.campaigns.test_canvas_in_a_browser import add_by_keyboard, saved
from tests.journey import graph, node, people, points
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)
EMPTY: dict[str, Any] = {"nodes": [], "edges": []}
# As many stops as a page may have before what one looks for.
MOST_STOPS = 150


def tab_to(page: Any, selector: str) -> None:
    """Go on by Tab until something has the focus."""
    for _stop in range(MOST_STOPS):
        if page.evaluate("wanted => document.activeElement?.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}.")


def test_a_campaign_is_built_and_published_by_keyboard_alone(open_page: Any, alice: User):
    campaign = Campaign.objects.create(name="Onboarding", owner=alice, graph=EMPTY)
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector("[data-step=start]")
    tab_to(page, "[data-step=start]")
    add_by_keyboard(page, "delay", "wait-1")
    add_by_keyboard(page, "exit", "exit-1")
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Onboarding").wait_for()
    page.get_by_label("Whoever is added by hand").wait_for()
    tab_to(page, "#panel input[type=checkbox]")
    while not page.get_by_label("Whoever is added by hand").evaluate(
        "box => box === document.activeElement"
    ):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    saved(page)
    page.keyboard.press("Shift+Tab")
    tab_to(page, "#campaign-bar .btn-primary:not(:disabled)")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] .btn-primary:not(:disabled)")
    tab_to(page, "dialog[open] .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector('#campaign-state >> text="Published"')
    campaign.refresh_from_db()
    assert [step["kind"] for step in campaign.published.graph["nodes"]] == ["wait", "exit"]
    assert {(path["from"], path["to"]) for path in campaign.graph["edges"]} == {
        ("start", "wait-1"),
        ("wait-1", "exit-1"),
    }


def test_what_follows_a_step_is_copied_and_pasted_into_another_campaign(
    open_page: Any, alice: User
):
    drawn = graph(
        [
            points("hello"),
            node("fork", "split", weights={"a": 1, "b": 1}),
            node("short", "wait", **{"for": "1h"}),
            node("long", "wait", **{"for": "5d"}),
        ],
        "start>hello", "hello>fork", "fork:a>short", "fork:b>long",
    )  # fmt: skip
    source = Campaign.objects.create(name="From here", owner=alice, graph=drawn)
    target = Campaign.objects.create(name="To here", owner=alice, graph=EMPTY)
    page = open_page(f"/campaigns/{source.pk}")
    page.locator("[data-step=fork]").click()
    page.wait_for_selector("[data-step=fork]:focus")
    page.keyboard.press("Control+c")
    page.get_by_text("Copied steps: 3").wait_for(state="attached")
    page.keyboard.press("Control+d")
    expect(page.locator(".step-node")).to_have_count(8)
    saved(page)
    page.goto(page.url.replace(f"/{source.pk}", f"/{target.pk}"))
    page.locator("[data-step=start]").click()
    page.wait_for_selector("[data-step=start]:focus")
    page.keyboard.press("Control+v")
    expect(page.locator(".step-node")).to_have_count(4)
    saved(page)
    target.refresh_from_db()
    steps = {step["id"]: step for step in target.graph["nodes"]}
    paths = {
        (steps[path["from"]]["kind"], path["branch"], steps[path["to"]]["config"]["for"])
        for path in target.graph["edges"]
        if path["from"] != "start"
    }
    assert paths == {("split", "a", "1h"), ("split", "b", "5d")}
    [first] = [path["to"] for path in target.graph["edges"] if path["from"] == "start"]
    assert steps[first]["config"] == {"weights": {"a": 1, "b": 1}}


@pytest.fixture
def stuck(alice: User) -> Campaign:
    """Of three people who wait, two are parked."""
    drawn = graph(
        [node("rest", "wait", **{"for": "10h"}), points("then")], "start>rest", "rest>then"
    )
    made = Campaign.objects.create(
        name="Onboarding", owner=alice, graph=drawn, sources=[{"manual": True}]
    )
    with transaction.atomic():
        publishing.publish(made.pk, clock.now(), user=alice)
        admitting.add(made.pk, people(3), clock.now())
    settle()
    parked = Step.objects.order_by("contact_id")[:2]
    Step.objects.filter(contact_id__in=[step.contact_id for step in parked]).update(
        state=StepState.PARKED, error="The gateway refused.", attempts=5, due_at=clock.now()
    )
    count(made.pk, "rest", waiting=-2, failed=2)
    return made


def test_a_parked_step_is_found_understood_tried_again_and_passed(open_page: Any, stuck: Campaign):
    page = open_page(f"/campaigns/{stuck.pk}")
    page.get_by_role("button", name="2 parked").first.click()
    expect(page.locator(".people .why").first).to_have_text("The gateway refused.")
    expect(page.locator(".people a")).to_have_count(2)
    page.goto(page.url.split("/campaigns")[0] + "/campaigns/parked")
    page.get_by_text("The gateway refused.").wait_for()
    page.get_by_role("button", name="Try again").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("It concerns 2 people.")
    dialog.get_by_role("button", name="Try again", exact=True).click()
    page.get_by_text("Nothing is parked").wait_for()
    settle()
    page.goto(page.url.split("/campaigns")[0] + f"/campaigns/{stuck.pk}")
    page.get_by_role("button", name="Results").click()
    row = page.locator(".by-step tbody tr").first
    expect(row.locator("[data-label=Passed]")).to_have_text("2")
    expect(row.locator("[data-label=Parked]")).to_have_text("0")
    # The figures, and those behind them, are of what is chosen.
    results = page.locator(".mode-page")
    results.get_by_label("Ways that began in").select_option("1")
    results.get_by_label("Time", exact=True).select_option("7")
    expect(row.locator("[data-label=Passed]")).to_have_text("2")
    results.get_by_label("Time", exact=True).select_option("own")
    results.get_by_label("Last day").fill("2020-01-01")
    expect(row.locator("[data-label=Passed]")).to_have_text("0")
    expect(row.locator("[data-label=Waiting]")).to_have_text("1")
    assert faults(page) == []
    results.get_by_label("Last day").fill("")
    row.locator("[data-label=Passed] button").click()
    expect(page.locator(".settings-panel .people a")).to_have_count(2)


def test_the_funnel_is_read_by_keyboard(open_page: Any, db: None):
    made = [
        Stage.objects.create(name=name, weight=weight) for name, weight in (("Lead", 1), ("Won", 2))
    ]
    crowd = [Contact.objects.create(email=f"f{place}@example.com") for place in range(4)]
    ContactState.objects.bulk_create(ContactState(contact=contact) for contact in crowd)
    ids, now = [contact.pk for contact in crowd], clock.now()
    record("pages.viewed", [Fact(contact, now) for contact in ids], now=now)
    move(ids[:2], made[0].pk, "Lead", now)
    move(ids[:1], made[1].pk, "Won", now)
    page = open_page("/stages/funnel?days=30")
    tab_to(page, ".funnel-bar[href*='stage=visitors']")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#behind").wait_for()
    expect(page.locator("#behind tbody a")).to_have_count(2)
    page.locator("summary").click()
    expect(page.locator(".funnel-card tbody tr")).to_have_count(3)
    assert faults(page) == []
