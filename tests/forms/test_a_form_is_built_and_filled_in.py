"""A form from nothing: built by mouse, published, embedded elsewhere, filled in on a phone."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from contacts.models import Consent, Contact
from forms.models import Form, Submission
from kernel import preferences
from tests.browser import PHONE, faults, sideways
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def foreign():
    """A site that is not ours, with whatever page it is given."""
    site: dict[str, str] = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(site["html"].encode())

        def log_message(self, *_told: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    site["url"] = f"http://127.0.0.1:{server.server_address[1]}"
    yield site
    server.shutdown()
    server.server_close()


def test_a_form_is_built_embedded_and_filled_in(open_page: Any, alice: User, foreign: Any):
    page = open_page("/forms/new")
    page.fill("[name=name]", "Newsletter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Short text", exact=True).click()
    page.get_by_role("textbox", name="Question").fill("First name")
    page.get_by_role("button", name="Consent", exact=True).click()
    page.get_by_role("textbox", name="Wording that is agreed to").fill("Send me news by email")
    page.get_by_text("Saved", exact=True).wait_for()
    assert faults(page, whole=False) == []
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Published").first.wait_for()
    form = Form.objects.get()
    assert form.is_published

    fill_in_elsewhere(page, form, foreign)
    settle()
    assert Submission.objects.get().page.startswith(foreign["url"])
    ana = Contact.objects.get(email="ana@x.example")
    assert Consent.objects.get(contact=ana, purpose="email_marketing").state == "pending"


def fill_in_elsewhere(page: Any, form: Form, foreign: Any) -> None:
    preferences.put("tracking.sites", [foreign["url"]])
    home = page.url.split("/forms/")[0]
    foreign["html"] = (
        f'<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>'
        f'<script src="{home}/f/form.js" data-relais-form="{form.alias}"></script></html>'
    )
    visitor = page.context.browser.new_context(viewport=PHONE, locale="en").new_page()
    visitor.goto(foreign["url"])
    visitor.get_by_role("textbox", name="Email").fill("nobody")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.locator("[aria-invalid=true]").first).to_be_visible()
    visitor.get_by_role("textbox", name="Email").fill("ana@x.example")
    visitor.get_by_label("First name").fill("Ana")
    visitor.get_by_label("Send me news by email").check()
    visitor.wait_for_timeout(2_100)
    visitor.get_by_role("button", name="Send").click()
    visitor.get_by_text("Thank you!").wait_for()
    assert not sideways(visitor)
