"""The main job by clicks in a real Chromium, in English and in French: from a file to a tag."""

import re
from typing import Any

import httpx
import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import expect

from accounts.models import User
from tests.browser import PHONE, faults, sideways
from tests.journeys.hands import Hands, Keys
from tests.settle import settle
from tracking import spool, spooler

pytestmark = pytest.mark.django_db(transaction=True)
HEADS = {"en": "Email;First name;Last name;Country", "fr": "Courriel;Prénom;Nom;Pays"}
ROWS = """
zelie.garnier@example.com;Zelie;Garnier;France
marius.delorme@example.com;Marius;Delorme;France
lea.caron@example.com;Lea;Caron;France
noemi.faure@example.com;Noemi;Faure;France
anton.weiss@example.com;Anton;Weiss;{germany}
"""
MARIUS = "marius.delorme@example.com"
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}


DESK = {"width": 1280, "height": 800}


@pytest.mark.parametrize(
    ("language", "kind"),
    [
        pytest.param("en", Hands, id="en"),
        pytest.param("fr", Hands, id="fr"),
        pytest.param("en", Keys, id="keyboard"),
    ],
)
def test_a_file_becomes_a_campaign_that_tags_who_opens(
    language: str, kind: type[Hands], open_page: Any, alice: User, picture: Any
):
    alice.language = language
    alice.save()
    page = open_page("/", locale=language, viewport=DESK)
    hands = kind(page, picture if kind is Hands else no_picture)
    with translation.override(language):
        rows = ROWS.format(germany={"en": "Germany", "fr": "Allemagne"}[language])
        hands.import_people("customers.csv", HEADS[language] + rows)
        hands.make_segment("New French customers", _("Country"), "France", 4)
        hands.write_email("Welcome to us", "Welcome, {{ contact.first_name }}")
        hands.draw_campaign("Welcome, France", "New French customers", "Welcome to us", "engaged")
        hands.publish()
        campaign = page.url
        people = hands.people_at("decision-1")
        expect(people).to_have_count(4)
        expect(people.filter(has_text="Marius")).to_have_count(1)
        address = people.filter(has_text="Marius").get_attribute("href")

        mail = hands.mail_to(MARIUS)
        letter = page.frame_locator("iframe.letter")
        expect(letter.get_by_text(_("One thing worth saying"))).to_be_visible()
        assert mail["Subject"] == "Welcome, Marius"
        open_mail(mail, hands.home)

        hands.go(address)
        tag = page.locator(".chip").filter(has_text="engaged")
        expect(tag).to_be_visible()
        hands.go("/mailbox")
        expect(page.get_by_role("row").filter(has_text="anton.weiss")).to_have_count(0)
        page.goto(campaign)
        expect(hands.people_at("decision-1")).to_have_count(3)
        hands.picture("people")


def test_a_phone_imports_approves_and_watches(open_page: Any):
    desk = Hands(open_page("/", viewport=DESK), no_picture)
    phone = Hands(open_page("/", viewport=PHONE), no_picture)
    phone.import_people("customers.csv", HEADS["en"] + ROWS.format(germany="Germany"))
    phone.make_segment("New French customers", "Country", "France", 4)
    desk.write_email("Welcome to us", "Welcome, {{ contact.first_name }}")
    desk.draw_campaign("Welcome, France", "New French customers", "Welcome to us", "engaged")
    phone.page.goto(desk.page.url)
    phone.publish()
    expect(phone.people_at("decision-1")).to_have_count(4)
    assert not sideways(phone.page)
    assert faults(phone.page) == []
    mail = phone.mail_to(MARIUS)
    assert mail["Subject"] == "Welcome, Marius"
    assert not sideways(phone.page)


def no_picture(*_seen: Any) -> None:
    """Take none: the docs have those of the mouse."""


def open_mail(mail: Any, home: str) -> None:
    """Fetch what a mail program fetches when its reader opens the mail."""
    html = mail.get_body(("html",)).get_content()
    pixel = re.search(rf'src="({home}/e/o/[^"]+)"', html)
    assert pixel, html
    assert httpx.get(pixel[1], headers=AGENT).status_code == 200
    spool.flush()
    spooler.copy_all()
    settle()
