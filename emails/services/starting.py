"""What a new email says before anybody has written it, and whether any of that still stands."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

BRAND = _("Your name")
TITLE = _("One thing worth saying")
BODY = _("Say it in two sentences. Then say what to do next.")
LINK = "https://example.com/"


def standing(body: str) -> list[str]:
    """Return what nobody replaced, in whatever language it was begun."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found += [str(words) for words in (BRAND, TITLE, BODY) if f">{words}<" in body]
    return found + [LINK] * (f'href="{LINK}' in body)
