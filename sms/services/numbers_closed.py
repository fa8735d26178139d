"""What the provider says of numbers: those that take no texts, and people who wrote STOP to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from contacts.models import Suppression
from contacts.services import consent, suppression
from contacts.words import Channel, Reason

# https://www.twilio.com/docs/api/errors: who wrote STOP; and what is no mobile number at all.
LEFT = frozenset({21610})
DEAD = frozenset({21211, 21217, 21614, 30005, 30006})
# What is kept with whoever wrote STOP.
COMMENT = "SMS"
CODES = {**dict.fromkeys(LEFT, Reason.UNSUBSCRIBED), **dict.fromkeys(DEAD, Reason.HARD_BOUNCE)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whose text was refused, to which number, and why."""

    contact: int
    number: str | None
    code: int
    words: str


def close(refusals: Iterable[Refusal], now: datetime) -> None:
    """Close the channel for whom it says so; other refusals are of one text alone.

    Who wrote STOP is left alone on that number, whoever has it.
    """
    for one in sorted(refusals, key=lambda refusal: refusal.contact):
        if reason := CODES.get(one.code):
            consent.close([one.contact], Channel.SMS, reason, one.words[:300], now)
        if one.code in LEFT and one.number:
            keep(one.number, now)


def keep(number: str, now: datetime) -> None:
    """Keep that a number said STOP, for whoever has it or gets it."""
    listed = _listed(number)
    is_new = not listed.exists()
    suppression.remember([(Channel.SMS, number, Reason.UNSUBSCRIBED)], now)
    if is_new:
        listed.update(comment=COMMENT)


def lift(number: str) -> None:
    """Take STOP of a number back; what closed it otherwise, such as an erasure, stays."""
    _listed(number).filter(comment=COMMENT, reason=Reason.UNSUBSCRIBED).delete()


def _listed(number: str) -> QuerySet[Suppression]:
    rows = Suppression.objects.filter(channel=Channel.SMS, kind=Suppression.Kind.HASH)
    return rows.filter(value__in=suppression.digests(number))
