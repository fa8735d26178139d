"""Notifications of Amazon SES that its notification service sends as mails.

* read(message) -> the recipients it tells of; nothing where it is no such mail
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emails.returned.structure import Message, clean

SENDER = "sns.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one recipient."""

    address: str
    kind: str
    cause: str = ""
    status: str = ""


def read(message: Message) -> Iterator[Told]:
    """Read the notification in a mail of the service."""
    if SENDER not in message.headers.get("from").lower():
        return
    outer = _document(message.text)
    inner = _document(outer["Message"]) if "Message" in outer else outer
    sort = inner.get("notificationType")
    if sort == "Bounce":
        told = inner.get("bounce")
        told = told if isinstance(told, dict) else {}
        hard = told.get("bounceType") == "Permanent" and told.get("bounceSubType") in HARD
        for one in _people(told.get("bouncedRecipients")):
            status = clean(str(one.get("status") or ""))[:12]
            kind, cause = ("hard", "unknown_user") if hard else ("soft", "other")
            yield Told(_address(one), kind, cause, status)
    elif sort in PLACES:
        place, people, kind = PLACES[sort]
        told = inner.get(place)
        for one in _people(told.get(people) if isinstance(told, dict) else None):
            yield Told(_address(one), kind, "abuse" if kind == "complaint" else "delivered")


# Sub-types of permanent bounces that are of the address and of nothing else.
HARD = ("General", "NoEmail", "OnAccountSuppressionList", "Suppressed")
PLACES = {
    "Complaint": ("complaint", "complainedRecipients", "complaint"),
    "Delivery": ("delivery", "recipients", "report"),
}


# Mails fold long lines; after the document the service says how to leave.
_READER = json.JSONDecoder(strict=False)


def _document(text: Any) -> dict[str, Any]:
    try:
        found = _READER.raw_decode(text.strip())[0] if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _people(value: Any) -> list[dict[str, Any]]:
    found = value[:50] if isinstance(value, list) else []
    return [one if isinstance(one, dict) else {"emailAddress": one} for one in found]


def _address(one: dict[str, Any]) -> str:
    return clean(str(one.get("emailAddress") or "")).strip().lower()[:320]
