"""The main job by clicks in a real Chromium, in English and in French: from a file to a tag."""

import re
from typing import Any

import httpx
import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import expect

from accounts.models import User
from tests.journeys.hands import Hands
from tests.settle import settle
from tracking import spool, spooler

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {
    "en": "Email,First name,Country\nana@x.example,Ana,France\nbo@x.example,Bo,Germany\n"
    "cleo@x.example,Cleo,France\n",
    "fr": "Courriel;Prénom;Pays\nana@x.example;Ana;France\nbo@x.example;Bo;Allemagne\n"
    "cleo@x.example;Cléo;France\n",
}
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_file_becomes_a_campaign_that_tags_who_opens(
    language: str, open_page: Any, live_server: Any, alice: User
):
    alice.language = language
    alice.save()
    page = open_page("/", locale=language)
    hands = Hands(page)
    with translation.override(language):
        hands.import_people("people.csv", FILES[language])
        hands.make_segment("Hexagon", _("Country"), "France", 2)
        hands.write_email("Welcome aboard", "Bonjour {{ contact.first_name }}")
        hands.draw_campaign("Onboarding", "Hexagon", "Welcome aboard", "engaged")
        hands.publish()
        people = hands.people_at("decision-1")
        expect(people).to_have_count(2)
        expect(people.filter(has_text="Ana")).to_have_count(1)
        address = people.filter(has_text="Ana").get_attribute("href")

        mail = hands.mail_to("ana@x.example")
        letter = page.frame_locator("iframe.letter")
        expect(letter.get_by_text(_("One thing worth saying"))).to_be_visible()
        assert mail["Subject"] == "Bonjour Ana"
        open_mail(mail, live_server.url)

        hands.go(address)
        tag = page.locator(".chip").filter(has_text="engaged")
        expect(tag).to_be_visible()
        hands.go("/mailbox")
        expect(page.get_by_role("row").filter(has_text="bo@x.example")).to_have_count(0)


def open_mail(mail: Any, home: str) -> None:
    """Fetch what a mail program fetches when its reader opens the mail."""
    html = mail.get_body(("html",)).get_content()
    pixel = re.search(rf'src="({home}/e/o/[^"]+)"', html)
    assert pixel, html
    assert httpx.get(pixel[1], headers=AGENT).status_code == 200
    spool.flush()
    spooler.copy_all()
    settle()
