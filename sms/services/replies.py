"""What people write to our number: told of in their timeline, and obeyed when they leave."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection

from contacts.models import Suppression
from contacts.services import consent, suppression
from contacts.services.consent import Proof
from contacts.values.phones import spellings
from contacts.words import Channel, Purpose, Reason
from kernel import events, preferences
from kernel.events import Fact
from kernel.locks import lock_contacts
from sms import words
from sms.models import Receipt, TextDelivery

# An answer is one to the last text of so many days.
ANSWERED_WITHIN = timedelta(days=30)
# So many people may share a number; more are no people.
MOST = 100
OF_NUMBER = """
SELECT c.id FROM contact c WHERE c.mobile IS NOT NULL AND contact_digits(c.mobile) = ANY(%s)
ORDER BY c.id DESC LIMIT %s"""
COMMENT = "SMS"


def take(receipt: Receipt, now: datetime) -> int | None:
    """Take a message to us; return who wrote it, as far as that is known."""
    number, text = str(receipt.told.get("From", "")), str(receipt.told.get("Body", ""))
    said = str(receipt.told.get("OptOutType", ""))
    last = _last(number, receipt.received_at)
    people = _people(number, last)
    held = lock_contacts(people)
    if words.leaves(text, said):
        _leave(held, number, now)
    elif words.returns(text, said):
        _come_back(held, number, text, now)
    writer = last.contact_id if last and last.contact_id in held else max(held, default=None)
    if writer is not None:
        _tell(writer, last, text, receipt.received_at, now)
    return writer


def _last(number: str, at: datetime) -> TextDelivery | None:
    """Return the last text that went to this number."""
    rows = TextDelivery.objects.filter(number=number, begun_at__isnull=False)
    return rows.filter(begun_at__gt=at - ANSWERED_WITHIN).order_by("-begun_at", "-pk").first()


def _people(number: str, last: TextDelivery | None) -> set[int]:
    """Return everybody who has this number, and who got the last text there."""
    written = spellings(number, preferences.get("contacts.phone_region"))
    with connection.cursor() as cursor:
        cursor.execute(OF_NUMBER, [written, MOST])
        found = {row[0] for row in cursor.fetchall()}
    return found | ({last.contact_id} if last else set())


def _leave(people: Collection[int], number: str, now: datetime) -> None:
    """Close the channel for whoever has the number; nobody's is closed by its hash."""
    if people:
        consent.close(people, Channel.SMS, Reason.UNSUBSCRIBED, COMMENT, now)
    else:
        suppression.remember([(Channel.SMS, number, Reason.UNSUBSCRIBED)], now)


def _come_back(people: Collection[int], number: str, text: str, now: datetime) -> None:
    """Take leaving back; what was closed for other reasons stays."""
    opened = consent.reopen(people, Channel.SMS, COMMENT, now, [Reason.UNSUBSCRIBED])
    if opened:
        proof = Proof(Purpose.SMS, "granted", "sms", now, text=text[:300])
        consent.give(opened, proof, now)
    kept = Suppression.objects.filter(channel=Channel.SMS, kind=Suppression.Kind.HASH)
    kept.filter(value__in=suppression.digests(number), reason=Reason.UNSUBSCRIBED).delete()


def _tell(writer: int, last: TextDelivery | None, text: str, at: datetime, now: datetime) -> None:
    told, answered = {"text": text}, last if last and last.contact_id == writer else None
    if answered:
        told |= {"delivery": str(answered.pk), "cause": answered.cause}
        TextDelivery.objects.filter(pk=answered.pk, replied_at=None).update(replied_at=at)
    subject = answered.sms_id if answered else None
    events.record("sms.replied", [Fact(writer, at, subject=subject, data=told)], now=now)
