"""Checks of the settings of the SMS channel; `ValueError` with a sentence."""

import re
from typing import Any

from django.utils.translation import gettext as _

from contacts.services import holding_rules
from contacts.values.phones import international
from kernel.sealing import seal_alike
from sms.services.twilio import SEALED

TRANSPORTS = ("capture", "twilio")
FASTEST = 500
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
NUMBER = re.compile(r"\+[1-9][0-9]{5,14}")
# Digits alone are a short code.
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}|[0-9]{3,8}")


def transport(value: Any) -> str:
    """Take one of the transports."""
    if value not in TRANSPORTS:
        words = {"words": ", ".join(TRANSPORTS)}
        raise ValueError(_("One of these is expected: %(words)s.") % words)
    return str(value)


def account(value: Any) -> str:
    """Take an account of Twilio, or none."""
    return _like(value, _ACCOUNT, _("An account begins with AC and has 34 letters."))


def service(value: Any) -> str:
    """Take a messaging service of Twilio, or none."""
    return _like(value, _SERVICE, _("A messaging service begins with MG and has 34 letters."))


def sender(value: Any) -> str:
    """Take a number with its country, a short code or a name of eleven letters, or none."""
    text = _text(value)
    dialled = international(text) if text.startswith(("+", "00")) else ""
    if NUMBER.fullmatch(dialled):
        return dialled
    words = _("A number such as +33 6 12 34 56 78 is expected, or a name of at most 11 letters.")
    return _like(text, _NAME, words)


def token(value: Any) -> str:
    """Take a secret and seal it, for calls of Twilio alone."""
    text = _text(value)
    return seal_alike(text, SEALED) if text else text


def per_second(value: Any) -> int:
    """Take a number of texts a second."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= FASTEST:
        raise ValueError(_("A number from 1 to %(most)s is expected.") % {"most": FASTEST})
    return value


def caps(value: Any) -> list[dict[str, Any]]:
    """Take rules of frequency; texts have no topics."""
    found = holding_rules.caps(value)
    if any(rule["topic"] for rule in found):
        raise ValueError(_("Texts have no topics."))
    return found


def _like(value: Any, form: re.Pattern[str], words: str) -> str:
    text = _text(value)
    if text and not form.fullmatch(text):
        raise ValueError(words)
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 300:
        raise ValueError(_("A short text is expected."))
    return value.strip()
