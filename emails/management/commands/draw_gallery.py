"""`draw_gallery`: makes the pictures of the gallery's designs, and the designs' thumbnails.

For developers: it needs Playwright and a Chromium. Drawings become PNGs of twice their size;
thumbnails show what the product's own renderer makes of a design. Only what changed is drawn.
"""

import importlib
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from emails.services import gallery, starting
from emails.services.gallery import Design

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A thumbnail is the top of the mail as a desktop shows it, in CSS pixels, and how much of each.
WIDE, HIGH, SCALE = 640, 800, 0.75
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


class Command(BaseCommand):
    """Draws what changed since it was drawn last."""

    help = "Draw the pictures and thumbnails of the gallery's designs (for developers)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Draw, and remember of what."""
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            raise CommandError("There is no Chromium here: apt-get install chromium")
        playwright = importlib.import_module("playwright.sync_api")
        drawn = gallery.drawn()
        with playwright.sync_playwright() as started:
            browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for source in sorted((gallery.FOLDER / "pictures").glob("*.svg")):
                if drawn.get(source.name) != gallery.digest(source.read_text()):
                    self._picture(browser, source)
                    drawn[source.name] = gallery.digest(source.read_text())
            for design in gallery.designs().values():
                if drawn.get(design.key) != design.fingerprint():
                    self._thumbnails(browser, design)
                    drawn[design.key] = design.fingerprint()
        gallery.remember(drawn)

    def _picture(self, browser: Any, source: Path) -> None:
        found = _SIZE.search(source.read_text())
        if found is None:
            raise CommandError(f"{source.name} does not say its size.")
        size = {"width": int(found[1]), "height": int(found[2])}
        page = browser.new_page(viewport=size, device_scale_factor=2)
        page.set_content(f"<style>body {{ margin: 0 }}</style>{source.read_text()}")
        target = settings.BASE_DIR / gallery.PICTURES / f"{source.stem}.png"
        page.screenshot(path=str(target), omit_background=True)
        page.close()
        self.stdout.write(f"drawn {target.name}")

    def _thumbnails(self, browser: Any, design: Design) -> None:
        for language, html in _pages(design):
            size = {"width": WIDE, "height": HIGH}
            page = browser.new_page(viewport=size, device_scale_factor=SCALE)
            page.set_content(html)
            target = settings.BASE_DIR / "static" / design.thumbnail(language)
            page.screenshot(path=str(target), type="jpeg", quality=84)
            page.close()
            self.stdout.write(f"drawn {target.name}")


def _pages(design: Design) -> Iterator[tuple[str, str]]:
    """Return the page of each language, its pictures in it as they were drawn."""
    pictures = re.compile(rf"/{gallery.PICTURES}/([a-z0-9-]+)\.png")
    for language in gallery.LANGUAGES:
        with translation.override(language):
            brand = str(starting.BRAND)
        html = design.shown(language, brand).html
        yield language, pictures.sub(_inside, html)


def _inside(found: re.Match[str]) -> str:
    drawing = (gallery.FOLDER / "pictures" / f"{found[1]}.svg").read_text()
    coded = b64encode(drawing.encode()).decode()
    return f"data:image/svg+xml;base64,{coded}"
