"""A rule and a trigger are made by mouse, in a real Chromium, and do what was chosen."""

import re

import pytest
from playwright.sync_api import expect

from contacts.models import Contact
from kernel.models import EventKind
from points.models import PointRule, PointTrigger
from tests.journey import people, totals
from tests.points.rules import did
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_rule_and_a_trigger_are_built_by_mouse(open_page):
    EventKind.objects.get_or_create(key="shop.visited")
    german, french = people(2)
    Contact.objects.filter(pk=french).update(country="FR")
    a_rule(open_page("/points/rules/new"))
    a_trigger(open_page("/points/triggers/new"))
    rule = PointRule.objects.get()
    country = {"field": "country", "op": "in", "value": ["FR"]}
    assert (rule.event, rule.delta, rule.filter) == ("shop.visited", 12, {"all": [country]})
    [trigger] = PointTrigger.objects.all()
    assert [step["config"] for step in trigger.actions] == [{"delta": 7}, {"delta": 5}]
    did(german, french)
    settle()
    assert totals([german, french]) == [0, 24]


def a_rule(page):
    """Choose what happens, how much it gives, and for whom."""
    page.get_by_label("Name").fill("Visited the shop")
    with page.expect_response("**/points/rules/where?event=pages.viewed"):
        page.get_by_label("When somebody…").select_option("pages.viewed")
    page.locator("#rule-where label").first.wait_for()
    with page.expect_response("**/points/rules/where?event=shop.visited"):
        page.get_by_label("When somebody…").select_option("shop.visited")
    page.get_by_label("Points", exact=False).first.fill("12")
    page.get_by_role("button", name="Condition", exact=True).first.click()
    page.get_by_role("combobox", name="Search fields and behaviour").fill("country")
    offered = page.locator(".fb-option .clip")
    offered.filter(has_text=re.compile("^Country$")).first.click()
    page.locator(".fb-row").first.wait_for()
    page.keyboard.type("fran")
    page.get_by_role("option", name="France", exact=True).click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Visited the shop").wait_for()
    expect(page.get_by_text("+12")).to_be_visible()


def a_trigger(page):
    """Choose the threshold, two actions in another order, and switch it on."""
    page.get_by_label("Name").fill("Warm")
    page.get_by_label("From so many points").fill("10")
    page.get_by_label("Active").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Warm").wait_for()
    for delta in ("5", "7"):
        page.get_by_role("link", name="Add an action").click()
        page.get_by_label("What is done").select_option("points.adjust")
        page.get_by_label("Points", exact=True).fill(delta)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text(f"Adjust points by +{delta}")).to_be_visible()
    page.get_by_role("button", name="Earlier: Adjust points by +7").click()
    expect(page.locator(".told-list li").first).to_contain_text("+7")
