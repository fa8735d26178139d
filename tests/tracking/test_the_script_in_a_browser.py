"""The script on a page of another origin, in a real Chromium: consent, visits, coming back."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configuration

from contacts.models import Contact
from kernel import clock, preferences
from kernel.models import Event, EventKind
from tests.chromium import chromium
from tests.emails.following import Mail
from tests.emails.people import make_contact
from tests.settle import settle
from tests.tracking.browsing import AGENT, PAGE, Site, told_of, turn
from tests.tracking.site import arrive
from tracking.models import Visitor, VisitorEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server, settings, spooled, monkeypatch):
    # Playwright runs a loop in this thread, which Django takes for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    with Site(live_server.url, {"/": home()}) as site:
        preferences.put("tracking.sites", [site.url])
        yield site


def home() -> str:
    folder = Path(os.environ.get("RELAIS_SHARED_DATA", "."))
    place = folder / "pages" / "startbootstrap-clean-blog" / "index.html"
    return place.read_text() if place.exists() else PAGE % ("Clean Blog", "Clean Blog")


def timeline(contact: Contact | None = None) -> list[tuple[str, str]]:
    """What happened, oldest first: type and place."""
    arrive()
    kinds = dict(EventKind.objects.values_list("pk", "key"))
    rows = Event.objects.filter(contact_id=contact.pk) if contact else VisitorEvent.objects.all()
    found = [
        (kinds[row.type_id], (row.data or {}).get("path", ""))
        for row in rows.order_by("occurred_at", "id")
    ]
    return [one for one in found if not one[0].startswith(("emails.", "segments."))]


def timeline_with(page, wanted: tuple[str, str]) -> list[tuple[str, str]]:
    """What happened, once something is among it: a page that is left waits for no answer."""
    for _try in range(150):
        found = timeline()
        if wanted in found:
            break
        page.wait_for_timeout(200)
    return found


def test_a_visitor_agrees_looks_around_and_comes_back_by_mail(site):
    """PRV-03: nothing is kept or sent before the visitor agreed."""
    with chromium() as browser:
        page, errors = browser.new_context(user_agent=AGENT).new_page(), []
        page.on("console", lambda said: errors.append(said.text) if "relais" in said.text else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        keeps_to_itself(page, site)
        looks_around(page, site)
        comes_back_to_an_open_tab(page)
        # One visit, whatever the pages, until it ended; where a mail leads to the site it goes on.
        seen = [
            ("visits.started", "/"),
            ("pages.viewed", "/"),
            ("shop.wished", ""),
            ("pages.viewed", "/shoes"),
            ("pages.viewed", "/basket"),
            ("visits.started", "/basket"),
            ("pages.viewed", "/basket"),
        ]
        # A page says how long it was looked at while the next one loads: either may come first.
        found = timeline_with(page, ("pages.stayed", "/shoes"))
        assert [one for one in found if one[0] != "pages.stayed"] == seen
        assert found.count(("pages.stayed", "/shoes")) == 1
        # Consent is given on a page, which is not where the visitor came from.
        assert VisitorEvent.objects.earliest("id").data["referrer"] == "https://search.example/"
        assert Visitor.objects.count() == 1
        contact = comes_back(page, site)
        told = [one for one in timeline(contact) if one[0] != "pages.stayed"]
        assert told == [*seen, ("pages.viewed", "/offer")]
        assert errors == []


def keeps_to_itself(page, site) -> None:
    hits = []
    page.on("request", lambda sent: hits.append(sent) if "/t/hit" in sent.url else None)
    page.goto(f"{site.url}/?utm_source=radio", referer="https://search.example/")
    page.evaluate("relais('event', 'shop.ignored', {})")
    page.wait_for_timeout(700)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert hits == []


def looks_around(page, site) -> None:
    page.evaluate("relais('consent', true)")
    page.evaluate("relais('event', 'shop.wished', {size: 40})")
    with page.expect_response("**/t/hit"):
        page.evaluate("history.pushState({}, '', '/shoes#top')")
    page.wait_for_timeout(1300)
    with page.expect_response(lambda answer: told_of(answer, "/basket")):
        page.goto(f"{site.url}/basket")
    kept = {cookie["name"] for cookie in page.context.cookies()}
    assert kept == {"relais_visitor", "relais_consent", "relais_visit"}


def comes_back_to_an_open_tab(page) -> None:
    for said in ("hidden", "visible", "hidden"):
        turn(page, said)
    # What half an hour does.
    page.context.clear_cookies(name="relais_visit")
    with page.expect_response(lambda answer: told_of(answer, "'n': 'view'")):
        turn(page, "visible")


def comes_back(page, site) -> Contact:
    contact = make_contact()
    mail = Mail(contact, html=f'<p><a href="{site.url}/offer?a=1">see</a></p>')
    with page.expect_response(lambda answer: told_of(answer, "/offer")):
        page.goto(site_of(mail))
    # The token that introduced them is gone from the address.
    assert page.evaluate("location.href") == f"{site.url}/offer?a=1"
    finish()
    return contact


def test_who_does_not_want_to_be_tracked_is_left_alone(site):
    """PRV-03: the signals of the browser are obeyed, whatever a page asks."""
    preferences.put("tracking.consent_first", False)
    with chromium() as browser:
        context = browser.new_context(user_agent=AGENT)
        context.add_init_script("Object.defineProperty(navigator, 'doNotTrack', {value: '1'})")
        page, hits = context.new_page(), []
        page.on("request", lambda sent: hits.append(sent) if "/t/hit" in sent.url else None)
        page.goto(site.url)
        page.evaluate("relais('consent', true)")
        page.evaluate("relais('event', 'shop.wished', {})")
        page.wait_for_timeout(700)
        assert (hits, context.cookies()) == ([], [])


def site_of(mail: Mail) -> str:
    """The address of the first counted link, as it stands in the mail."""
    return re.search(rf"{configuration.SITE_URL}/e/c/[^\"\s]+", mail.html)[0]


def finish() -> None:
    """Let the click be judged, and the claim be looked at."""
    arrive()
    for _time in range(2):
        settle(clock.now() + timedelta(seconds=13))
