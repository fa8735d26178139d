"""Designs of the gallery: what they promise in each language, and how they are chosen."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from automation.dev import typography
from content.message import MessageSource
from emails.models import Email
from emails.services import editing, footers, gallery, hints, preview
from emails.services.gallery import Design
from kernel import clock, preferences
from tests.browser import SHOWN, faults, sideways

DESIGNS = list(gallery.designs().values())
EACH = pytest.mark.parametrize("design", DESIGNS, ids=[design.key for design in DESIGNS])
LARGEST_PICTURE = 120_000


@EACH
@pytest.mark.parametrize("language", gallery.LANGUAGES)
@pytest.mark.django_db
def test_a_design_is_an_email_that_lacks_nothing_but_its_words(
    client: Client, alice: User, design: Design, language: str
):
    preferences.put("emails.from_name", "Our name & sons")
    email = design.email(language)
    email.name = design.key
    assert editing.faults(email) == []
    # The law asks for nothing more at its foot than it says itself.
    source = MessageSource(subject=email.subject, mjml=email.mjml)
    if not email.is_transactional:
        assert footers.with_footer(source, language) == source
    with override(language):
        shown = preview.draft(email, None, clock.now())
        told = hints.of(email, shown.html, shown.subject)
    # Its links are ours until somebody puts in their own; nothing else is to be said.
    assert [hint for hint in told if "https://example.com/" not in hint] == []
    assert "[[" not in email.mjml
    assert f'lang="{language}"' in shown.html
    assert shown.text.strip()
    client.force_login(alice)
    form = client.get(f"/emails/new/{design.key}?language={language}").context["form"]
    sent = {name: form.initial[name] for name in ("subject", "preheader", "mjml", "kind")}
    sent |= {"name": design.key, "mode": "mjml", "language": language}
    assert client.post(f"/emails/new/{design.key}", sent).status_code == 302
    saved = Email.objects.get()
    assert (saved.mjml, saved.language, saved.kind) == (email.mjml, language, design.kind)


@EACH
def test_a_design_is_typeset_in_french_and_says_the_same_in_both_languages(design: Design):
    texts = [found.split("||") for found in re.findall(r"\[\[(.*?)\]\]", design.source, re.DOTALL)]
    pairs = [*texts, design.name, design.subject, design.preheader]
    assert all(len(pair) == len(gallery.LANGUAGES) for pair in pairs)
    for _english, french in pairs:
        words = re.sub(r"<[^>]*>", " ", unescape(french)).replace("  ", " ").strip()
        assert typography.faults(words) == [], words


def test_the_gallery_is_as_rich_as_promised():
    assert len(DESIGNS) >= 16
    assert len({design.structure for design in DESIGNS}) >= 6
    assert {use for design in DESIGNS for use in design.uses} == set(gallery.USES)
    assert {sector for design in DESIGNS for sector in design.sectors} == set(gallery.SECTORS)


def test_pictures_and_thumbnails_are_as_young_as_what_they_show():
    """After a change: ./dev manage draw_gallery."""
    drawn = gallery.drawn()
    drawings = {path.name: path.read_text() for path in gallery.FOLDER.glob("pictures/*.svg")}
    expected = {name: gallery.digest(drawing) for name, drawing in drawings.items()}
    expected |= {design.key: design.fingerprint() for design in DESIGNS}
    assert drawn == expected
    static = settings.BASE_DIR / "static"
    for name in drawings:
        picture = settings.BASE_DIR / gallery.PICTURES / name.replace(".svg", ".png")
        assert 0 < picture.stat().st_size < LARGEST_PICTURE, name
    for design in DESIGNS:
        for language in gallery.LANGUAGES:
            assert (static / design.thumbnail(language)).exists()


def test_a_changed_drawing_makes_its_thumbnails_old():
    design = gallery.designs()["welcome"]
    assert replace(design, source=design.source + " ").fingerprint() != design.fingerprint()


@pytest.mark.django_db
def test_designs_are_found_by_use_sector_and_words(client: Client, alice: User):
    client.force_login(alice)

    def found(query: str) -> list[str]:
        return [design["key"] for design in client.get(f"/emails/new{query}").context["designs"]]

    assert found("") == list(gallery.designs())
    assert found("?use=cart") == ["cart"]
    assert "postcard" in found("?sector=tourism")
    assert "digest" not in found("?sector=tourism")
    # For no sector in particular is for each.
    assert "season" in found("?sector=tourism")
    assert found("?q=phare") == []
    assert found("?q=postcard") == found("?q=CARTE%20postale") == ["postcard"]
    assert found("?use=nothing&sector=nowhere") == list(gallery.designs())
    page = client.get("/emails/new?language=fr").content.decode()
    assert "Carte postale" in page
    alice.language = "fr"
    alice.save()
    assert "Carte postale" in client.get("/emails/new").content.decode()
    assert client.get("/emails/new/nothing").status_code == 404
    assert client.get("/emails/designs/nothing").status_code == 404


@pytest.mark.django_db
def test_a_design_is_looked_at_light_dark_and_without_pictures(client: Client, alice: User):
    client.force_login(alice)
    body = "/emails/designs/welcome/body"
    light, dark = client.get(body), client.get(f"{body}?dark&off&language=fr")
    assert "@media not all" in light.content.decode()
    assert "@media all" in dark.content.decode()
    assert "Entrez" in dark.content.decode()
    assert "img-src 'self'" in light["Content-Security-Policy"]
    assert "img-src 'none'" in dark["Content-Security-Policy"]
    assert "sandbox" in dark["Content-Security-Policy"]
    page = client.get("/emails/designs/welcome?dark").content.decode()
    assert f'{body}?language=en&amp;dark"' in page
    # In another language than that of the page around.
    page = client.get("/emails/designs/welcome?language=fr").content.decode()
    assert f'{body}?language=fr"' in page
    assert 'href="/emails/new/welcome?language=fr"' in page


@pytest.mark.django_db
def test_an_email_may_begin_blank_or_as_html_of_ones_own(client: Client, alice: User):
    client.force_login(alice)
    blank = client.get("/emails/new/blank?language=fr").context
    assert blank["form"].initial["language"] == "fr"
    assert "Bonjour" in blank["form"].initial["mjml"]
    code = client.get("/emails/new/code").context
    assert (code["mode"], "<h1>" in code["form"].initial["html"]) == ("html", True)


def test_designs_are_readable_by_everybody(open_page: Any):
    """Axe looks at each mail as readers get it, light and dark, at both sizes."""
    page = open_page("/emails/new", bypass_csp=True)
    wrong = []
    for number, design in enumerate(DESIGNS):
        page.set_viewport_size({"width": (640, 375)[number % 2], "height": 900})
        page.set_content(design.shown("en", "Our name").html)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            rules = SHOWN if scheme == "dark" else ()
            wrong += [f"{design.key}, {scheme}: {fault}" for fault in faults(page, rules=rules)]
        wrong += [f"{design.key} scrolls sideways"] if sideways(page) else []
    assert not wrong, "\n".join(wrong)
