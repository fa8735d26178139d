"""Phone numbers: kept as people write them, compared in their international form."""

import re
from typing import Any

import phonenumbers
from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem
from contacts.values.text import line

_WRITTEN = re.compile(r"[0-9A-Za-z+()./\-\u2010\u2011\u2013#,;:* ]{3,60}")
_POSTE = re.compile(r"\s*poste.*$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def phone(raw: Any) -> str:
    """Check a phone number as written; extensions and national forms are taken."""
    value = line(raw).replace("\xa0", " ").replace("\u202f", " ")
    digits = len(_DIGIT.findall(value))
    if value and not (_WRITTEN.fullmatch(value) and 3 <= digits <= 20):
        raise ValueProblem("invalid_phone", _("This is not a phone number."))
    return value


def regions() -> frozenset[str]:
    """Return the countries whose national numbers can be read."""
    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def international(value: str, region: str = "") -> str:
    """Return the E.164 form where it can be told, else the digits alone."""
    # What is dialled afterwards the library knows by most of its names.
    bare = _POSTE.sub("", value.strip())
    written = re.sub(r"^00", "+", re.sub(r"\(0\)", "", bare))
    try:
        parsed = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return re.sub(r"[^0-9]", "", bare)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


# Of a number without its country, which cannot be told for certain.
_SHORTEST = 7


def dialled(value: str, region: str = "") -> str:
    """Return the form that numbers are compared by; `ValueProblem` for what nobody can dial."""
    found = international(phone(value), region)
    whole = found.startswith("+")
    short = not whole and len(found) < _SHORTEST
    if short or (whole and not phonenumbers.is_possible_number(phonenumbers.parse(found))):
        raise ValueProblem("invalid_phone", _("This is not a phone number."))
    return found


def digits(value: str) -> str:
    """Return the digits of a number as `contact_digits` of the database does."""
    return re.sub(r"[^0-9]", "", value.replace("(0)", ""))


def spellings(value: str, region: str = "") -> list[str]:
    """Return the digits of the ways to write a number: from here, from abroad, with 00."""
    dialled = international(value, region)
    found = {digits(value), digits(dialled)}
    if dialled.startswith("+"):
        found.add(f"00{dialled[1:]}")
        parsed = phonenumbers.parse(dialled)
        if region and phonenumbers.country_code_for_region(region) == parsed.country_code:
            home = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
            found |= {digits(home), phonenumbers.national_significant_number(parsed)}
    return sorted(found - {""})


def beginnings(value: str, region: str = "") -> list[str]:
    """Return the digits that numbers may begin with which begin so, in each way to write them."""
    written = digits(value)
    code = str(phonenumbers.country_code_for_region(region)) if region else ""
    trunk = (
        phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or "" if region else ""
    )
    abroad = ""
    if value.strip().startswith("+"):
        abroad = written
    elif written.startswith("00"):
        abroad = written[2:]
    elif trunk and written.startswith(trunk):
        abroad = code + written.removeprefix(trunk)
    if not abroad:
        return [written]
    found = {abroad, f"00{abroad}"}
    if code and abroad.startswith(code):
        found.add(trunk + abroad.removeprefix(code))
    return sorted(found - {""})
