"""What the provider says of numbers: those that take no texts, and people who wrote STOP to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from contacts.models import Contact, DoNotContact, Suppression
from contacts.services import consent, numbers, suppression
from contacts.words import Channel, Reason
from kernel import preferences

# https://www.twilio.com/docs/api/errors: who wrote STOP; and what is no mobile number at all.
LEFT = frozenset({21610})
DEAD = frozenset({21211, 21217, 21614, 30005, 30006})
# What is kept with whoever wrote STOP.
COMMENT = "SMS"
CODES = LEFT | DEAD


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whose text was refused, to which number, and why."""

    contact: int
    number: str | None
    code: int
    words: str


def close(refusals: Iterable[Refusal], now: datetime) -> None:
    """Close the channel for whom it says so; other refusals are of one text alone.

    Who wrote STOP is left alone on that number, whoever has it. Who has another number by now is
    not closed since the former one is dead.
    """
    for one in sorted(refusals, key=lambda refusal: refusal.contact):
        if one.code in LEFT:
            leave([one.contact], one.number, one.words[:300], now)
        elif one.code in DEAD and _has(one.contact, one.number):
            consent.close([one.contact], Channel.SMS, Reason.HARD_BOUNCE, one.words[:300], now)


def _has(contact: int, number: str | None) -> bool:
    mobile = Contact.objects.filter(pk=contact).values_list("mobile", flat=True).first()
    return bool(number) and numbers.dial(mobile, preferences.get("contacts.phone_region")) == number


def leave(people: Collection[int], number: str | None, said: str, now: datetime) -> None:
    """Close the channel for people, and their number for whoever gets it.

    Who left another way before keeps that: START takes back what is done here, and nothing else.
    """
    rows = DoNotContact.objects.filter(channel=Channel.SMS, reason=Reason.UNSUBSCRIBED)
    before = set(rows.filter(contact__in=people).values_list("contact_id", flat=True))
    if fresh := [contact for contact in people if contact not in before]:
        consent.close(fresh, Channel.SMS, Reason.UNSUBSCRIBED, said, now)
    if number:
        keep(number, now)


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
