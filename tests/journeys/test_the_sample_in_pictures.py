"""The sample as somebody meets it who looks around: what the pictures of the docs show.

`./dev test tests/journeys --pictures` writes them anew.
"""

from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count

from accounts.models import User
from campaigns.models import Campaign
from contacts.models import Contact
from dashboard.services import counting
from emails.models import Delivery, Email, Send
from kernel import clock
from segments.models import Segment
from tests.browser import PHONE
from tests.settle import settle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


@pytest.fixture
def sample(alice: User, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """All of it for the docs, some people of it else."""
    User.objects.filter(pk=alice.pk).update(first_name="Adèle", last_name="Besson")
    if not request.config.getoption("--pictures"):
        monkeypatch.setattr("dashboard.demo.people.NUMBER", 120)
    call_command("demo", "--load")
    settle()
    counting.forget_all()
    counting.refresh(clock.now())


def test_the_screens_of_the_docs(open_page: Any, sample: None, picture: Any):
    page = open_page("/")
    page.get_by_text("People in campaigns").first.wait_for()
    picture(page, "dashboard")
    page.set_viewport_size(PHONE)
    picture(page, "dashboard-phone")

    lists_and_people(open_page, picture)
    segment = Segment.objects.get(name="VIP and ski club")
    page = open_page(f"/segments/{segment.pk}/edit")
    page.locator(".fb-row").nth(2).wait_for()
    page.locator(".fb-figure b").first.wait_for()
    page.locator(".fb-people li").first.wait_for()
    picture(page, "segment")

    email = Email.objects.filter(type="template").order_by("pk").first()
    page = open_page(f"/emails/{email.pk}/edit")
    letter = page.frame_locator("#email-design iframe" if email.mjml else "#canvas")
    letter.locator("body *").first.wait_for()
    page.wait_for_load_state("networkidle")
    picture(page, "email")

    run = Send.objects.order_by("pk").first()
    page = open_page(f"/emails/{run.email_id}")
    page.get_by_text("By receiving domain").wait_for()
    page.get_by_text("Would get it now").wait_for()
    picture(page, "broadcast")


def lists_and_people(open_page: Any, picture: Any) -> None:
    """The list of contacts at both sizes and in the dark; one person; the canvas of a campaign."""
    page = open_page("/contacts")
    page.locator("td.first").nth(9).wait_for()
    picture(page, "contacts")
    page.emulate_media(color_scheme="dark")
    picture(page, "contacts-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    picture(page, "contacts-phone")

    clicked = Delivery.objects.filter(clicked_at__isnull=False).values("contact_id")
    eager = clicked.annotate(number=Count("id")).order_by("-number", "contact_id").first()
    person = Contact.objects.get(pk=eager["contact_id"])
    page = open_page(f"/contacts/{person.pk}")
    page.get_by_role("heading", name=str(person)).first.wait_for()
    page.wait_for_load_state("networkidle")
    picture(page, "contact")

    campaign = Campaign.objects.get(name__startswith="Bienvenue")
    for scheme, name in (("light", "campaign"), ("dark", "campaign-dark")):
        page = open_page(f"/campaigns/{campaign.pk}", color_scheme=scheme)
        page.locator(".step-node").nth(3).wait_for()
        page.get_by_text("on the way").first.wait_for()
        picture(page, name)
