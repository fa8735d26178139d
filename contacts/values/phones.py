"""Phone numbers: kept as people write them, compared in their international form."""

import re
from typing import Any

import phonenumbers
from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem
from contacts.values.text import line

_WRITTEN = re.compile(r"[0-9A-Za-z+()./\-\u2010\u2011\u2013#,;:* ]{3,60}")
_DIGIT = re.compile(r"\d")


def phone(raw: Any) -> str:
    """Check a phone number as written; extensions and national forms are taken."""
    value = line(raw).replace("\xa0", " ").replace("\u202f", " ")
    digits = len(_DIGIT.findall(value))
    if value and not (_WRITTEN.fullmatch(value) and 3 <= digits <= 20):
        raise ValueProblem("invalid_phone", _("This is not a phone number."))
    return value


def international(value: str, region: str = "") -> str:
    """Return the E.164 form where it can be told, else the digits alone."""
    written = re.sub(r"^00", "+", re.sub(r"\(0\)", "", value.strip()))
    try:
        parsed = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return re.sub(r"[^0-9]", "", value)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
