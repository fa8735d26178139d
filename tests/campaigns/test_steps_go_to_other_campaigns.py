"""Steps copied on one canvas are pasted on another, with their notes."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from campaigns.models import Campaign
from tests.browser import faults
from tests.campaigns.test_canvas_in_a_browser import saved
from tests.journey import graph, node

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = "Agreed with Claire: no longer than a day."


def campaign(owner: User, name: str, nodes: Any, *edges: str) -> Campaign:
    sources = [{"manual": True}]
    return Campaign.objects.create(
        name=name, owner=owner, graph=graph(nodes, *edges), sources=sources
    )


def annotate(page: Any) -> None:
    page.locator("[data-step=rest]").click()
    page.get_by_label("Note for colleagues").fill(NOTE)
    saved(page)
    page.locator("[data-step=rest]", has_text=NOTE).wait_for()


def test_steps_and_their_notes_are_pasted_on_another_canvas(open_page: Any, alice: User):
    steps = [
        node("hello", "action", "tags.change", add=["new"], remove=[]),
        node("rest", "wait", **{"for": "1d"}),
        node("tag", "action", "tags.change", add=["vip"]),
        node("again", "jump", to="hello"),
    ]
    paths = ("start>hello", "hello>rest", "rest>tag", "tag>again")
    one = campaign(alice, "Welcome", steps, *paths)
    other = campaign(alice, "Winter", [node("hello", "exit")], "start>hello")
    page = open_page(f"/campaigns/{one.pk}")
    page.wait_for_selector("[data-step=rest]")
    beside = page.context.new_page()
    beside.goto(page.url.replace(f"/{one.pk}", f"/{other.pk}"))
    beside.wait_for_selector("[data-step=hello]")
    annotate(page)
    page.get_by_role("button", name="Copy, also for other campaigns").click()
    beside.get_by_role("button", name="Paste 3 steps").click()
    expect(beside.locator("[data-step=wait-1]")).to_contain_text(NOTE)
    beside.wait_for_selector("[data-step=action-1]")
    saved(beside)
    assert faults(beside) == []
    other.refresh_from_db()
    [jump] = [step for step in other.graph["nodes"] if step["kind"] == "jump"]
    # Its step was not copied: here another one bears that id.
    assert jump["config"] == {}
    [waits] = [step for step in other.graph["nodes"] if step["kind"] == "wait"]
    assert (waits["note"], waits["config"]) == (NOTE, {"for": "1d"})
    assert {"from": "wait-1", "to": "action-1", "branch": "next"} in other.graph["edges"]
