"""Languages an email may be written in, by their names; what is in use already comes first."""

from collections.abc import Iterable
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emails.models import Email

MOST_IN_USE = 50
# Those of a country that differ enough to be written for.
REGIONAL = (
    *("de-AT", "de-CH", "en-AU", "en-CA", "en-GB", "en-IN", "en-US", "es-AR", "es-MX", "fr-BE"),
    *("fr-CA", "fr-CH", "it-CH", "nl-BE", "pt-BR", "pt-PT", "zh-CN", "zh-TW"),
)
Pairs = list[tuple[str, str]]


def name_of(tag: str) -> str:
    """Write a language in the words of whoever reads; a tag nobody knows stays as it is."""
    try:
        words = Locale.parse(tag, sep="-" if "-" in tag else "_").get_display_name(_spoken())
    except (ValueError, UnknownLocaleError):
        return tag
    return words[:1].upper() + words[1:] if words else tag


def in_use() -> list[str]:
    """Return those of the emails there are."""
    found = Email.objects.order_by("language").values_list("language", flat=True).distinct()
    return list(found[:MOST_IN_USE])


def choices(kept: str = "") -> list[tuple[str, Pairs]]:
    """Offer those in use and of the product, then all others; `kept` is among them anyhow."""
    known = dict.fromkeys([*in_use(), *(key for key, _name in settings.LANGUAGES), kept])
    first = [tag for tag in known if tag]
    rest = [pair for pair in _all(_spoken()) if pair[0] not in known]
    return [(_("In use"), _named(first)), (_("All languages"), rest)]


@lru_cache(maxsize=4)
def _all(spoken: str) -> Pairs:
    """Name the languages of two letters, and those of a country."""
    codes = map(str, Locale.parse(spoken).languages)
    two = (code for code in codes if len(code) == len("en"))
    return _named([*two, *REGIONAL])


def _named(tags: Iterable[str]) -> Pairs:
    return sorted(((tag, name_of(tag)) for tag in tags), key=lambda pair: pair[1])


def _spoken() -> str:
    return (get_language() or "en")[:2]
