"""In a browser: a newsletter tells two audiences different things, and each gets theirs."""

from typing import Any

import pytest
from playwright.sync_api import expect

from emails.models import CapturedMail, Email
from emails.services import editing, runs
from tests.browser import faults
from tests.emails.people import NOW, make_contact, make_email, make_segment
from tests.settle import settle

pytestmark = pytest.mark.django_db(transaction=True)
MJML = """<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello friend</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
LYON = {"all": [{"field": "city", "op": "is", "value": "Lyon"}]}


def mail(page: Any) -> Any:
    return page.frame_locator("#email-design iframe")


def test_dynamic_content_for_two_audiences(open_page: Any):
    email = make_email(
        html="", mjml=MJML, audiences=[{"key": "lyon", "name": "Lyon", "filter": LYON}]
    )
    page = open_page(f"/emails/{email.pk}/edit")
    mail(page).get_by_text("Hello friend").click()
    page.locator("[data-offer=dynamic]").click()
    # What was put in is selected, and shown as somebody who gets it.
    expect(mail(page).get_by_text("Words for Lyon")).to_be_visible()
    page.get_by_role("button", name="Everybody else", exact=True).click()
    expect(mail(page).get_by_text("Words for Lyon")).to_have_count(0)
    page.get_by_label("Add a variant for…").select_option(label="A new audience…")
    page.get_by_role("button", name="Audience 2", exact=True).wait_for()
    # Its filter, with how many it means.
    page.get_by_role("button", name="Audiences", exact=True).click()
    second = page.get_by_role("region", name="Audience 2")
    expect(second.get_by_text("without a filter nobody belongs to it")).to_be_visible()
    second.get_by_label("Name of the audience").fill("Bern")
    second = page.get_by_role("region", name="Bern")
    second.get_by_role("button", name="Filter", exact=True).click()
    second.get_by_role("button", name="Condition", exact=True).click()
    page.keyboard.type("city")
    page.get_by_role("option", name="City").first.wait_for()
    page.keyboard.press("Enter")
    expect(second.locator(".fb-main input:focus")).to_be_visible()
    page.keyboard.type("Bern")
    expect(second.get_by_text("Matching now")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#email-status", has_text="Saved at").wait_for()
    assert not faults(page)
    each_gets_theirs()


def each_gets_theirs() -> None:
    email = Email.objects.get()
    assert [one["name"] for one in email.audiences] == ["Lyon", "Bern"]
    assert email.audiences[1]["filter"] == {"all": [{"field": "city", "op": "is", "value": "Bern"}]}
    assert "{% if audience.lyon %}" in email.mjml
    assert "{% elif audience.audience_2 %}" in email.mjml
    people = [make_contact("l@x.example", city="Lyon"), make_contact("b@x.example", city="Bern")]
    editing.change(email, {"type": "segment", "segments": [make_segment(people)]}, NOW)
    runs.begin(email, None, NOW, new_only=False, owner_id=None)
    settle(NOW)
    sent = {each.recipients: bytes(each.raw).decode() for each in CapturedMail.objects.all()}
    assert "Words for Lyon" in sent["l@x.example"]
    assert "Words for Lyon" not in sent["b@x.example"]
