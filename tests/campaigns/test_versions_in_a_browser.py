"""Publishing with people inside and looking at versions, in a real Chromium."""

from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign, Step
from campaigns.services import admitting, publishing
from kernel import clock
from tests.browser import PHONE, faults
from tests.journey import graph, node, people, points
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = graph(
    [points("hello"), node("long", "wait", **{"for": "10h"}), points("bye")],
    "start>hello", "hello>long", "long>bye",
)  # fmt: skip
SECOND = graph(
    [points("hello"), node("short", "wait", **{"for": "1h"}), points("bye")],
    "start>hello", "hello>short", "short>bye",
)  # fmt: skip


@pytest.fixture
def campaign(alice: User) -> Campaign:
    """Three people wait at a step the draft has no more."""
    made = Campaign.objects.create(
        name="Onboarding", owner=alice, graph=FIRST, sources=[{"manual": True}]
    )
    with transaction.atomic():
        publishing.publish(made.pk, clock.now(), user=alice)
        admitting.add(made.pk, people(3), clock.now())
    settle()
    Campaign.objects.filter(pk=made.pk).update(graph=SECOND)
    return made


def standing() -> set[str]:
    return set(Step.objects.values_list("node__name", flat=True))


def test_people_on_a_removed_step_are_moved(open_page: Any, campaign: Campaign):
    page = open_page(f"/campaigns/{campaign.pk}")
    page.get_by_role("button", name="Publish v2…").click()
    dialog = page.locator("dialog[open]")
    row = dialog.get_by_role("row").filter(has_text="10 hours")
    expect(row).to_contain_text("removed")
    expect(row.get_by_role("cell").first).to_have_text("3")
    go = dialog.get_by_role("button", name="Publish v2", exact=True)
    # Nobody's way ends unless somebody says so.
    expect(go).to_be_disabled()
    row.get_by_role("combobox").select_option("short")
    dialog.get_by_label("What is new").fill("A shorter wait")
    assert faults(page) == []
    go.click()
    page.get_by_text("v2 published").wait_for()
    settle()
    assert standing() == {"short"}
    take_the_first_back(page)
    campaign.refresh_from_db()
    assert {step["id"] for step in campaign.graph["nodes"]} == {"hello", "long", "bye"}
    page.get_by_role("button", name="Build").click()
    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_selector("[data-step=short]")


def take_the_first_back(page: Any) -> None:
    """Compare it with the draft, and make it the draft."""
    page.get_by_role("button", name="Versions").click()
    page.get_by_text("A shorter wait").wait_for()
    page.get_by_label("Compare this version").select_option("1")
    changed = page.locator(".differences li")
    expect(changed.filter(has_text="Added")).to_contain_text("1 hour")
    expect(changed.filter(has_text="Removed")).to_contain_text("10 hours")
    expect(page.locator(".compared-step.removed")).to_contain_text("Removed")
    assert faults(page) == []
    first = page.locator(".version-list li").filter(has_text="v1")
    first.get_by_role("button", name="Take back as draft").click()
    page.get_by_text("v1 is the draft now.").wait_for()


def test_people_finish_in_their_version_on_a_phone(open_page: Any, campaign: Campaign):
    page = open_page(f"/campaigns/{campaign.pk}", viewport=PHONE)
    page.get_by_role("button", name="Publish v2…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Let them finish in v1").check()
    assert faults(page) == []
    dialog.get_by_role("button", name="Publish v2", exact=True).click()
    dialog.wait_for(state="detached")
    settle()
    assert standing() == {"long"}


def test_where_nobody_can_be_counted_no_way_ends_unless_one_says_so(
    open_page: Any, campaign: Campaign
):
    # What is told there is meant to be told.
    open_page.meant.append("400")
    page = open_page(f"/campaigns/{campaign.pk}")
    held: list[Any] = []
    page.route("**/in-flight", lambda route: held.append(route))
    page.get_by_role("button", name="Publish v2…").click()
    dialog = page.locator("dialog[open]")
    go = dialog.get_by_role("button", name="Publish v2", exact=True)
    dialog.get_by_text("Counting who is on the way").wait_for()
    expect(go).to_be_disabled()
    held[0].fulfill(status=400, json={"errors": [{"code": "too_slow", "message": "Too slow"}]})
    expect(dialog.get_by_label("Let them finish in the version")).to_be_checked()
    expect(dialog.get_by_label("Move them to v2")).not_to_be_checked()
    go.click()
    dialog.wait_for(state="detached")
    settle()
    assert standing() == {"long"}
