"""Designs that new emails begin with: files of `emails/gallery`, read once, written in a language.

A folder holds `meta.json` and `template.mjml`, whose signs become words when a design is taken:
`[[Hello||Bonjour]]` a text in each of `LANGUAGES`, `[[>foot]]` a part that designs share, `$ink` a
colour of `meta.json`, `$brand` the sender's name, `image:name.png` the address of our drawing.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from content.message import MessageSource, Rendered, compile_message, prepare
from content.tokens import TokenSet
from emails.models import Email
from emails.services import starting
from kernel import preferences

FOLDER = Path(__file__).resolve().parents[1] / "gallery"
LANGUAGES = ("en", "fr")
# Mails already sent name these files for ever: what is here is neither renamed nor removed.
PICTURES = "static/img/letters"
THUMBNAILS = "img/gallery"

USES: dict[str, Any] = {
    "newsletter": _("Newsletter"),
    "welcome": _("Welcome"),
    "thank-you": _("Thank-you"),
    "announcement": _("Announcement"),
    "promotion": _("Promotion"),
    "invitation": _("Invitation"),
    "satisfaction": _("Satisfaction"),
    "reward": _("Reward"),
    "cart": _("Abandoned cart"),
    "win-back": _("Win-back"),
    "birthday": _("Birthday"),
    "season": _("End-of-year greetings"),
    "confirmation": _("Form confirmation"),
    "order": _("Order"),
}
SECTORS: dict[str, Any] = {
    "b2b": _("Business services"),
    "culture": _("Culture and media"),
    "nonprofit": _("Associations"),
    "retail": _("Retail"),
    "tech": _("Software and technology"),
    "tourism": _("Tourism"),
}

_DRAWN = FOLDER / "drawn.json"
_PART = re.compile(r"\[\[>(\w+)\]\]\n?")
_TEXT = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_COLOUR = re.compile(r"\$([a-z_]+)")
_IMAGE = re.compile(r"\bimage:(?=[a-z0-9-]+\.png)")
# What a reader's own pages are in a preview.
_NOWHERE = ("unsubscribe_url", "preferences_url", "webview_url", "confirm_url")


@dataclass(frozen=True)
class Design:
    """One design of the gallery; texts are in the order of `LANGUAGES`."""

    key: str
    name: list[str]
    subject: list[str]
    preheader: list[str]
    uses: list[str]
    sectors: list[str]
    # What its layout is like: two designs of one structure differ in more than colour.
    structure: str
    colours: Mapping[str, str]
    source: str
    kind: str = Email.Kind.MARKETING
    # Values its preview is filled in with, by namespace.
    sample: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def named(self, language: str) -> str:
        """Return what it is called."""
        return self.name[_index(language)]

    def mjml(self, language: str, brand: str, site: str) -> str:
        """Write the document; its pictures are fetched from `site`."""
        at = _index(language)
        text = _chosen(self.source, at)
        text = _IMAGE.sub(f"{site}/{PICTURES}/", text)
        values = {**self.colours, "brand": escape(brand)}
        return _COLOUR.sub(lambda found: values[found[1]], text)

    def email(self, language: str) -> Email:
        """Return the email that begins with it, not saved, under the sender's name."""
        return self._written(language, _brand(language), settings.SITE_URL)

    def shown(self, language: str, brand: str = "") -> Rendered:
        """Fill it in with its sample, its pictures from wherever it is shown."""
        email = self._written(language, brand or _brand(language), "")
        return shown(email, self.sampled(language))

    def sampled(self, language: str) -> dict[str, Mapping[str, Any]]:
        """Return its sample in a language."""
        at, sample = _index(language), json.dumps(self.sample, ensure_ascii=False)
        found: dict[str, Mapping[str, Any]] = json.loads(_chosen(sample, at))
        return found

    def thumbnail(self, language: str) -> str:
        """Return the static file of its picture."""
        return f"{THUMBNAILS}/{self.key}.{LANGUAGES[_index(language)]}.jpg"

    def fingerprint(self) -> str:
        """Return what changes with everything its thumbnails show."""
        drawn = re.findall(r"image:([a-z0-9-]+)\.png", self.source)
        shown = [self.source, json.dumps(dict(self.colours), sort_keys=True)]
        shown += [json.dumps(self.sample, sort_keys=True)]
        shown += [(FOLDER / "pictures" / f"{name}.svg").read_text() for name in drawn]
        return digest("\0".join(shown))

    def _written(self, language: str, brand: str, site: str) -> Email:
        at = _index(language)
        return Email(
            subject=self.subject[at],
            preheader=self.preheader[at],
            mjml=self.mjml(language, brand, site),
            kind=self.kind,
            language=LANGUAGES[at],
        )


def shown(email: Email, sample: Mapping[str, Mapping[str, Any]]) -> Rendered:
    """Fill an email in for nobody in particular, without looking anything up."""
    source = MessageSource(subject=email.subject, html=email.html, mjml=email.mjml, text=email.text)
    # Every token counts as known: fields are looked at when it becomes an email.
    message = compile_message(prepare(source, TokenSet.sending()), email.language)
    values = {"today": datetime(2026, 5, 4, tzinfo=UTC).date(), **dict.fromkeys(_NOWHERE, "#")}
    with translation.override(email.language[:2]):
        address = str(_("Your postal address"))
        return message.render({**values, "postal_address": address, **sample})


@lru_cache(maxsize=1)
def designs() -> dict[str, Design]:
    """Return all, by their keys, in the order of their uses."""
    found = [_read(path.parent) for path in sorted(FOLDER.glob("*/template.mjml"))]
    order = list(USES)
    found.sort(key=lambda design: order.index(design.uses[0]))
    return {design.key: design for design in found}


def _read(folder: Path) -> Design:
    meta = json.loads((folder / "meta.json").read_text())
    source = (folder / "template.mjml").read_text()
    whole = _PART.sub(lambda found: (FOLDER / f"_{found[1]}.mjml").read_text(), source)
    return Design(key=folder.name, source=whole, **meta)


def digest(text: str) -> str:
    """Return a fingerprint of a drawing."""
    return hashlib.sha256(text.encode()).hexdigest()


def drawn() -> dict[str, str]:
    """Return of what pictures and thumbnails were drawn, by name of drawing or design."""
    found: dict[str, str] = json.loads(_DRAWN.read_text()) if _DRAWN.exists() else {}
    return found


def remember(drawings: Mapping[str, str]) -> None:
    """Write down of what they were drawn."""
    _DRAWN.write_text(json.dumps(drawings, indent=1, sort_keys=True) + "\n")


def _chosen(text: str, at: int) -> str:
    return _TEXT.sub(lambda found: found[1].split("||")[at], text)


def _brand(language: str) -> str:
    with translation.override(LANGUAGES[_index(language)]):
        return str(preferences.get("emails.from_name")) or str(starting.BRAND)


def _index(language: str) -> int:
    return LANGUAGES.index(language[:2]) if language[:2] in LANGUAGES else 0
