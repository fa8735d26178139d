"""The builder of filters in a real Chromium: nothing is lost, and a keyboard is enough."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from kernel import clock
from segments.models import Segment
from segments.services import editing
from tests.cast import make_user
from tests.chromium import chromium
from tests.segments.on_screen import person

pytestmark = pytest.mark.django_db(transaction=True)
AXE = Path(__file__).parents[1] / "data" / "axe" / "axe.min.js"
COMPLEX = {
    "all": [
        {"field": "country", "op": "not_in", "value": ["FR", "de"], "with_value": True},
        {"field": "created_at", "op": "between", "value": [{"days": -300}, "today"]},
        {"field": "email", "op": "matches", "value": "^[a-z]+@"},
        {"any": [{"field": "points", "op": "between", "value": ["1.50", 800]}]},
        {"none": [{"any": [{"event": "emails.clicked", "where": {"url": ["a", "b"]}}]}]},
        {"event": "shop.visited", "where": {"shop": "Nice", "deep": True}},
        {"event": "orders.placed", "count": {"op": "eq", "value": 0}, "within": "2w"},
        {
            "event": "orders.placed",
            "where": {"order": {"op": "not_contains", "value": "-"}, "currency": "EUR"},
            "total": {"of": "amount", "op": "between", "value": [10, 20]},
            "after": {"days": -30},
            "before": "today",
        },
        {"event": "emails.opened", "which": "last", "before": {"months": -6}},
    ]
}


@pytest.fixture
def desk(live_server, settings, monkeypatch):
    """A page of somebody signed in, and what its console complained about."""
    from accounts.models import BuiltIn, Role
    from kernel.models import EventKind

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.ALLOWED_HOSTS = ["*"]
    EventKind.objects.get_or_create(key="shop.visited")
    client = Client()
    client.force_login(make_user("Ada", Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        context.set_default_timeout(60_000)
        page, complaints = context.new_page(), []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page, live_server.url, complaints


def test_what_is_opened_and_saved_is_the_same_and_a_keyboard_is_enough(desk):
    page, url, complaints = desk
    person(country="FR")
    segment = editing.create({"name": "Complex", "filter": COMPLEX}, now=clock.now())
    page.goto(f"{url}/segments/{segment.pk}/edit")
    page.locator(".fb-row").nth(8).wait_for()
    page.locator(".fb-kept").first.wait_for()
    serious(page)
    page.get_by_label("Name", exact=True).fill("Still complex")
    page.get_by_role("button", name="Save segment").click()
    page.get_by_role("heading", name="Still complex").wait_for()
    segment.refresh_from_db()
    assert (segment.name, segment.filter) == ("Still complex", COMPLEX)
    by_keyboard(page, url)
    made = Segment.objects.get(name="French")
    country = {"field": "country", "op": "in", "value": ["FR"]}
    assert made.filter == {
        "all": [{"any": [{"field": "city", "op": "is", "value": "Nice"}]}, country]
    }
    assert complaints == []


def test_an_answer_cut_off_on_its_way_is_no_answer(desk):
    page, url, complaints = desk
    person(country="FR")
    tree = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    segment = editing.create({"name": "French", "filter": tree}, now=clock.now())
    cut = {"status": 200, "content_type": "application/json", "body": '{"count": 1'}
    page.route("**/api/v1/segments/count", lambda route: route.fulfill(**cut))
    with page.expect_response("**/api/v1/segments/count"):
        page.goto(f"{url}/segments/{segment.pk}/edit")
    page.get_by_text("It could not be counted").wait_for()
    page.unroute("**/api/v1/segments/count")
    page.locator(".fb-row .fb-grip").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    page.locator(".fb-figure b", has_text="1").wait_for()
    assert complaints == []


def test_what_names_nothing_or_is_left_empty_is_not_passed_over(desk):
    page, url, complaints = desk
    person(country="FR")
    tree = {"all": [{"event": "emails.clicked", "count": {"op": "gte", "value": 1}}]}
    segment = editing.create({"name": "Clicked", "filter": tree}, now=clock.now())
    page.goto(f"{url}/segments/{segment.pk}/edit")
    finish = page.get_by_text("Complete the conditions to see who matches.")
    emails = page.locator(".fb-row .fb-find").first
    emails.fill("No email is called so")
    emails.press("Tab")
    page.get_by_text("Nothing is called so.").wait_for()
    finish.wait_for()
    emails.fill("")
    finish.wait_for(state="hidden")
    where = page.locator(".fb-row .fb-select.bare")
    where.select_option("url")
    finish.wait_for()
    page.get_by_role("button", name="Without Web address").click()
    finish.wait_for(state="hidden")
    assert complaints == []


def by_keyboard(page, url: str) -> None:
    """Make a segment without a mouse: add, choose, count, group, move, undo, save."""
    begin(page, url, "French")
    page.wait_for_selector("#ready-made")
    add = page.get_by_role("button", name="Condition", exact=True)
    add.first.focus()
    pick(page, "a", "Country", "fran")
    page.get_by_role("option", name="France", exact=True).wait_for()
    page.keyboard.press("Enter")
    page.locator(".fb-figure b", has_text="1").wait_for()
    page.wait_for_selector("#ready-made", state="hidden")
    page.locator(".fb-row .fb-grip").focus()
    page.keyboard.press("g")
    page.locator(".fb-group").wait_for()
    add.first.focus()
    likeliest_first(page)
    add.first.focus()
    pick(page, "Enter", "City", "Nice")
    group = page.get_by_role("button", name="Move: any of (Alt and arrow keys)")
    group.focus()
    page.keyboard.press("Alt+ArrowUp")
    page.locator(".fb-parts > ul > li").first.locator(".fb-kind.any").wait_for()
    page.keyboard.press("Delete")
    page.locator(".fb-group").wait_for(state="detached")
    page.keyboard.press("Control+z")
    page.locator(".fb-group").wait_for()
    serious(page)
    page.get_by_role("button", name="Save segment").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="French").wait_for()


def begin(page, url: str, name: str) -> None:
    """Open the form and name the segment."""
    page.goto(f"{url}/segments/new")
    # The browser puts the cursor there once it has drawn the page: what is typed before is lost.
    page.wait_for_selector("#id_name:focus")
    page.keyboard.type(name)


def likeliest_first(page) -> None:
    """What is called like the word comes first, fields before what happened."""
    meant = {
        "tag": "Tags",
        "email": "Email",
        "city": "City",
        "country": "Country",
        "company": "Company",
        "owner": "Owner",
        "stage": "Stage",
        "points": "Points",
        "segment": "Segment",
        "opened": "Email opened",
    }
    page.keyboard.press("Enter")
    for word, label in meant.items():
        page.get_by_role("combobox", name="Search fields and behaviour").fill(word)
        marked = page.locator(".fb-option[aria-selected=true] .clip")
        marked.filter(has_text=re.compile(f"^{label}$")).wait_for()
    page.keyboard.press("Escape")


def pick(page, opens: str, subject: str, value: str) -> None:
    """Add a condition; who types does not wait for the field to have the focus."""
    page.keyboard.press(opens)
    page.keyboard.type(subject)
    page.keyboard.press("Enter")
    page.keyboard.type(value)


def serious(page) -> None:
    """Let axe look: nothing serious or critical."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    wrong = [
        (one["id"], [node["html"][:150] for node in one["nodes"][:3]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert not wrong, json.dumps(wrong, indent=1)
