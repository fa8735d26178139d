"""What people write to our number: told of in their timeline, and obeyed when they leave."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zlib import crc32

from django.db import connection
from django.db.models import Q

from contacts.models import Consent, DoNotContact
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.values.phones import spellings
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import events, preferences
from kernel.events import Fact
from kernel.locks import REPLY_LOCK, lock_contacts, wait_lock
from sms import words
from sms.models import Receipt, TextDelivery
from sms.services import numbers_closed
from sms.services.numbers_closed import COMMENT

# An answer is one to the last text of so many days.
ANSWERED_WITHIN = timedelta(days=30)
# So many people are told of; the number itself is closed for whoever else has it.
MOST = 100
OF_NUMBER = """
SELECT c.id FROM contact c WHERE c.mobile IS NOT NULL AND contact_digits(c.mobile) = ANY(%s)
ORDER BY c.id DESC LIMIT %s"""
# The provider's own word that they wrote STOP to it (`numbers_closed.LEFT`).
TOLD = "21610:"
# Keys of advisory locks are signed.
SIGNED = 2**31


def take(receipt: Receipt, now: datetime) -> int | None:
    """Take a message to us; return who wrote it, as far as that is known."""
    number, text = str(receipt.told.get("From", "")), str(receipt.told.get("Body", ""))
    said = str(receipt.told.get("OptOutType", ""))
    # The words of one number one after the other, whoever works on them.
    wait_lock(REPLY_LOCK, crc32(receipt.number.encode()) - SIGNED)
    last = _last(number, receipt.received_at)
    people = _people(number, last)
    held = lock_contacts(people)
    writer = _writer(held, last)
    if _is_overtaken(receipt, text, said):
        # They said otherwise since; that was done already, or will be.
        pass
    elif words.leaves(text, said):
        numbers_closed.leave(held, number, COMMENT, now)
    elif words.returns(text, said):
        _come_back(held, writer, number, text, now)
    if writer is not None:
        _tell(writer, last, text, receipt.received_at, now)
    return writer


def _writer(held: Sequence[int], last: TextDelivery | None) -> int | None:
    """Say who wrote: who was written to last; else the newest who has the number."""
    if last and last.contact_id in held:
        return last.contact_id
    return max(held, default=None)


def _is_overtaken(receipt: Receipt, text: str, said: str) -> bool:
    """Say whether they left after coming back, or came back after leaving, before this is done."""
    leaves, returns = words.leaves(text, said), words.returns(text, said)
    if not (leaves or returns):
        return False
    rows = Receipt.objects.filter(number=receipt.number, received_at__gte=receipt.received_at)
    later = rows.filter(sort=Receipt.Sort.INBOUND).exclude(pk=receipt.pk)
    opposite = words.returns if leaves else words.leaves
    return any(
        opposite(str(told.get("Body", "")), str(told.get("OptOutType", "")))
        for at, pk, told in later.values_list("received_at", "pk", "told")
        if (at, pk) > (receipt.received_at, receipt.pk)
    )


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


def _come_back(
    people: Collection[int], writer: int | None, number: str, text: str, now: datetime
) -> None:
    """Take leaving back; what was closed another way, or for other reasons, stays.

    Whose number it is besides is open again, but only of the writer it proves anything.
    """
    by_stop = Q(comment=COMMENT) | Q(comment__startswith=TOLD)
    closed = DoNotContact.objects.filter(by_stop, contact__in=people, channel=Channel.SMS)
    left = closed.filter(reason=Reason.UNSUBSCRIBED).values_list("contact_id", flat=True)
    opened = consent.take_back(list(left), Channel.SMS, Reason.UNSUBSCRIBED, COMMENT, now)
    numbers_closed.lift(number)
    if writer is None or writer not in opened:
        return
    said = Consent.objects.filter(contact_id=writer, purpose=Purpose.SMS, topic_id=0)
    if not said.filter(state=ConsentState.REFUSED).exists():
        consent.give([writer], Proof(Purpose.SMS, "granted", "sms", now, text=text[:300]), now)


def _tell(writer: int, last: TextDelivery | None, text: str, at: datetime, now: datetime) -> None:
    told, answered = {"text": text}, last if last and last.contact_id == writer else None
    if answered:
        told |= {"delivery": str(answered.pk), "cause": answered.cause}
        TextDelivery.objects.filter(pk=answered.pk, replied_at=None).update(replied_at=at)
    subject = answered.sms_id if answered else None
    events.record("sms.replied", [Fact(writer, at, subject=subject, data=told)], now=now)
