"""What the provider says of numbers: those that take no texts, and people who wrote STOP to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contacts.services import consent
from contacts.words import Channel, Reason

# https://www.twilio.com/docs/api/errors: who wrote STOP; and what is no mobile number at all.
LEFT = frozenset({21610})
DEAD = frozenset({21211, 21217, 21614, 30005, 30006})
CODES = {**dict.fromkeys(LEFT, Reason.UNSUBSCRIBED), **dict.fromkeys(DEAD, Reason.HARD_BOUNCE)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whose text was refused, and why."""

    contact: int
    code: int
    words: str


def close(refusals: Iterable[Refusal], now: datetime) -> None:
    """Close the channel for whom it says so; other refusals are of one text alone."""
    for one in sorted(refusals, key=lambda refusal: refusal.contact):
        if reason := CODES.get(one.code):
            consent.close([one.contact], Channel.SMS, reason, one.words[:300], now)
