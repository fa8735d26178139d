"""Countries, languages and time zones: taken by code or by name, kept by code."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.core import get_global
from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem
from contacts.values.text import line
from kernel import zone_names

# Codes of the CLDR that are no countries of ISO 3166-1.
_NO_COUNTRIES = frozenset(
    "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split()  # noqa: SIM905 - a list of words
)
# Names that people write and the CLDR does not know.
_ALSO = {
    "usa": "US", "united states of america": "US", "etats unis d amerique": "US", "america": "US",
    "uk": "GB", "great britain": "GB", "grande bretagne": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "angleterre": "GB", "ecosse": "GB",
    "czech republic": "CZ", "republique tcheque": "CZ", "holland": "NL", "hollande": "NL",
    "the netherlands": "NL", "korea": "KR", "republic of korea": "KR", "coree": "KR",
    "russian federation": "RU", "federation de russie": "RU", "viet nam": "VN", "turkey": "TR",
    "turquie": "TR", "ivory coast": "CI", "cote d ivoire": "CI", "macedonia": "MK",
    "swaziland": "SZ", "burma": "MM", "birmanie": "MM", "cape verde": "CV", "hong kong": "HK",
    "macau": "MO", "macao": "MO", "palestine": "PS", "moldavie": "MD",
    "iran islamic republic of": "IR",
    "bielorussie": "BY", "deutschland": "DE", "espana": "ES", "italia": "IT", "brasil": "BR",
    "osterreich": "AT", "schweiz": "CH", "svizzera": "CH", "belgie": "BE", "nederland": "NL",
    "polska": "PL", "sverige": "SE", "norge": "NO", "danmark": "DK", "suomi": "FI",
}  # fmt: skip
_LOCALE = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:[.@][a-z0-9.@_-]*)?",
    re.IGNORECASE,
)


def folded(name: str) -> str:
    """Return a name as it is compared: no accents, no case, words parted by one space."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"\w+", bare.casefold()))


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Return the two-letter codes of ISO 3166-1 (and Kosovo's)."""
    codes = {str(code) for code in Locale("en").territories}
    return frozenset(code for code in codes - _NO_COUNTRIES if re.fullmatch("[A-Z]{2}", code))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Map every spelling of a country to its code."""
    found: dict[str, str] = {}
    for alias, codes in get_global("territory_aliases").items():
        if len(codes) == 1 and codes[0] in country_codes():
            found[alias.lower()] = codes[0]
    for language in ("fr", "en"):
        for code, name in Locale(language).territories.items():
            if code in country_codes():
                found[folded(name)] = code
                found[folded(re.sub(r"\(.*\)", "", name))] = code
    return found | _ALSO | {code.lower(): code for code in country_codes()}


@lru_cache(maxsize=5_000)
def _country(name: str) -> str | None:
    spellings = _countries()
    return spellings.get(name.lower()) or spellings.get(folded(name))


def country(raw: Any) -> str:
    """Check a country by its code or its English or French name; it is kept as `FR`."""
    value = line(raw)
    if not value:
        return value
    code = _country(value)
    if code is None:
        raise ValueProblem("unknown_country", _("No country is known by this name or code."))
    return code


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found = {}
    for language in ("fr", "en"):
        for code, name in Locale(language).languages.items():
            if re.fullmatch("[a-z]{2,3}", code):
                found[folded(name)] = code
    return found


@lru_cache(maxsize=5_000)
def _locale(name: str) -> str | None:
    written = _LOCALE.fullmatch(name)
    if written is None or written[1].lower() not in Locale("en").languages:
        return _languages().get(folded(name))
    language, script, territory = written.groups()
    if territory and territory.upper() not in Locale("en").territories:
        return None
    parts = [language.lower(), script and script.title(), territory and territory.upper()]
    return "-".join(part for part in parts if part)


def locale(raw: Any) -> str:
    """Check a language tag (`fr`, `fr-CA`, `fr_FR`) or the name of a language."""
    value = line(raw)
    if not value:
        return value
    tag = _locale(value)
    if tag is None:
        raise ValueProblem("unknown_language", _("No language is known by this tag."))
    return tag


@lru_cache(maxsize=1)
def _timezones() -> dict[str, str]:
    return {name.lower(): name for name in zone_names.names()}


def timezone(raw: Any) -> str:
    """Check the name of a time zone: `Europe/Paris`."""
    value = line(raw)
    if not value:
        return value
    name = _timezones().get(value.lower())
    if name is None:
        raise ValueProblem(
            "unknown_timezone", _("No time zone has this name; an example: Europe/Paris.")
        )
    return name
