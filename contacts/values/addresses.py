"""Email and web addresses: strict in what is taken, the domain in its ASCII form."""

import re
import unicodedata
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import idna
from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem
from contacts.values.text import given, line

LONGEST_EMAIL = 254
LONGEST_URL = 2_048
# Quoted local parts and addresses in brackets exist in the RFC and nowhere else. Letters of
# other alphabets (RFC 6531) do exist: stanisław@… is somebody's address.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
# Scripts that real names mix; any other mixture in one label imitates another name.
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "HANGUL"},
    {"LATIN", "CJK", "BOPOMOFO"},
)
# Letters of other scripts that look like Latin ones: a label of nothing else imitates.
_ALIKE = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡ" + "αιοκνρτυχωɑ")


def email(raw: Any) -> str:
    """Check one address; its local part stays as given, its domain becomes lower-case ASCII."""
    value = given(raw).strip()
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    if len(value) > LONGEST_EMAIL:
        raise ValueProblem("invalid_email", _("This is too long for an email address."))
    local, at, host = value.rpartition("@")
    if not at or len(local.encode()) > 64 or not _is_local(local):
        raise ValueProblem("invalid_email", _("This is not an email address."))
    address = f"{local}@{domain(host)}"
    if len(address) > LONGEST_EMAIL:
        raise ValueProblem("invalid_email", _("This is too long for an email address."))
    return address


def _is_local(local: str) -> bool:
    """Say whether this can stand before the @; letters that imitate Latin ones cannot."""
    if not _LOCAL.fullmatch(local):
        return False
    # A letter whose small form has another length is keyed differently here and in SQL.
    return local.isascii() or (
        len(local.lower()) == len(local) and not any(_imitates(word) for word in local.split("."))
    )


@lru_cache(maxsize=20_000)
def domain(host: str) -> str:
    """Check the domain of an address and return it in lower-case ASCII."""
    try:
        encoded = _ascii(host)
    except (idna.IDNAError, UnicodeError, ValueError):
        encoded = ""
    if len(encoded) > 253 or not _DOMAIN.fullmatch(encoded):
        raise ValueProblem("invalid_email", _("The domain of this address is not valid."))
    return encoded


def _ascii(host: str) -> str:
    if host.isascii() and "xn--" not in host.lower():
        return host.lower()
    encoded = idna.encode(host, uts46=True).decode("ascii")
    for label in idna.decode(encoded).split("."):
        if _imitates(label):
            raise ValueProblem(
                "imitating_domain", _("This domain mixes alphabets, as imitations do.")
            )
    return encoded


def _imitates(label: str) -> bool:
    letters = [letter for letter in label if letter.isalpha()]
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in letters}
    if len(scripts) > 1:
        return not any(scripts <= together for together in _TOGETHER)
    return bool(letters) and scripts != {"LATIN"} and _ALIKE.issuperset(letters)


def readable(address: str) -> str:
    """Return an address with its domain in its own script, for people."""
    local, _at, host = address.rpartition("@")
    if "xn--" not in host:
        return address
    try:
        return f"{local}@{idna.decode(host)}"
    except (idna.IDNAError, UnicodeError):
        return address


def url(raw: Any) -> str:
    """Check a web address; without a scheme it is taken as https."""
    value = line(raw, LONGEST_URL)
    if not value:
        return value
    if "://" not in value and re.match(r"[\w-]+(\.[\w-]+)+([/:?#]|$)", value):
        value = f"https://{value}"
    try:
        parts = urlsplit(value)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        port_is_right = False
    if not (port_is_right and _is_web(value)) or len(value.encode()) > LONGEST_URL:
        raise ValueProblem("invalid_url", _("This is not a web address (https://…)."))
    return value


def _is_web(value: str) -> bool:
    parts = urlsplit(value)
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not any(sign in value for sign in ' "<>\\^`{|}')
    )
