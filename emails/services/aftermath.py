"""What becomes known of a mail after it was sent: recorded once, with all that follows from it.

Every way in calls `record`: mailboxes, folders and posts of mail servers today, providers' own
webhooks as well. An outcome is known by the name its teller gave it, and by delivery and kind;
told again or in another order it changes nothing.

* record(told, now) -> (Recorded, contact or None)
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from contacts.models import Contact, DoNotContact
from contacts.services import consent
from contacts.words import Reason
from emails.models import Delivery, MailOutcome, State
from emails.returned.causes import BLAMELESS
from emails.returned.reading import BOUNCES, Kind
from emails.services import bounces, forwarding
from emails.services.bounces import Bounce
from kernel import events, preferences
from kernel.events import Fact
from kernel.locks import lock_contacts

COUNT, DAYS = "emails.soft_bounce_count", "emails.soft_bounce_days"
LONGEST = 1_000
# Of RFC 5965's reports, and of mail programs' own way of leaving.
OPT_OUT = "opt-out"
# The cause of what a person said of a message.
FILED = "filed"
# What may have been handed over; a mail that never left has no aftermath.
OUT = (State.SENT, State.UNCERTAIN)
# A server may answer before we have written down that it took the mail.
UNDER_WAY = (State.QUEUED, State.CLAIMED, State.SENDING)
# What comes later, as of a mailbox that is read anew, closes no address and is handed to nobody.
LATEST = timedelta(days=60)
INSERT = """
INSERT INTO email_outcome (name, delivery_id, contact_id, kind, cause, status, words, counts, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells of a delivery. `name` is unique to the teller's message or event."""

    name: str
    delivery: int
    kind: Kind
    at: datetime
    cause: str = ""
    status: str = ""
    # What the server said; of a reply what the person wrote.
    words: str = ""
    # It may still arrive: what tells of a delay alone counts against nobody.
    delayed: bool = False
    # Of a reply: its subject line.
    subject: str = ""


class Recorded(Enum):
    """What came of telling it."""

    NEW = "new"
    KNOWN = "known"
    # It is under way still, or its outcome is not written yet: to be told again.
    EARLY = "early"
    # It never left, or its contact is gone.
    GONE = "gone"


@transaction.atomic
def record(told: Told, now: datetime) -> tuple[Recorded, int | None]:
    """Record an outcome and do what follows; return what came of it, and of whom it is."""
    delivery = hold(told.delivery)
    if delivery is None:
        early = Delivery.objects.filter(pk=told.delivery, state__in=UNDER_WAY).exists()
        return Recorded.EARLY if early else Recorded.GONE, None
    if not _is_new(delivery, told):
        if _is_final(delivery, told):
            _count(delivery, told, now)
        return Recorded.KNOWN, delivery.contact_id
    follow = FOLLOWS.get(told.kind)
    if follow:
        follow(delivery, told, now)
    return Recorded.NEW, delivery.contact_id


def hold(number: int) -> Delivery | None:
    """Lock whom a delivery is of, as merging and erasing do, and return it as it is then."""
    rows = Delivery.objects.filter(pk=number, state__in=OUT)
    for _try in range(3):
        delivery = rows.first()
        if delivery is None or not lock_contacts([delivery.contact_id]):
            return None
        # A merge may have handed it over while the lock was waited for.
        if rows.filter(contact_id=delivery.contact_id).exists():
            return delivery
    return None


def _is_new(delivery: Delivery, told: Told) -> bool:
    # What a person wrote is kept with the event alone.
    words = "" if told.kind == Kind.REPLY else told.words[:LONGEST]
    values: list[Any] = [told.name[:200], delivery.pk, delivery.contact_id, told.kind.value]
    values += [told.cause[:40], told.status[:12], words, _counts(told), told.at]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return cursor.fetchone() is not None


def _counts(told: Told) -> bool:
    return told.kind in BOUNCES and told.cause not in BLAMELESS and not told.delayed


def _is_final(delivery: Delivery, told: Told) -> bool:
    """Take what ends a delay that was told before; say whether it did."""
    if told.kind != Kind.SOFT or not _counts(told):
        return False
    rows = MailOutcome.objects.filter(delivery_id=delivery.pk, kind=Kind.SOFT, counts=False)
    fresh = {"cause": told.cause[:40], "status": told.status[:12], "words": told.words[:LONGEST]}
    return bool(rows.update(counts=True, at=told.at, **fresh))


def _hard(delivery: Delivery, told: Told, now: datetime) -> None:
    _mark(delivery, "bounced_at", told.at)
    if _is_late(delivery, told, now) or not is_still_theirs(delivery):
        # The address that is dead is no longer theirs: it is told, and closes nothing.
        return _tell("emails.bounced", delivery, told, now, kind="hard", status=told.status)
    bounce = Bounce(
        *(delivery.pk, delivery.contact_id, delivery.email_id, delivery.cause),
        *(told.words[:300], told.at, delivery.depth, told.status),
    )
    return bounces.close([bounce], now)


def _soft(delivery: Delivery, told: Told, now: datetime) -> None:
    _mark(delivery, "bounced_at", told.at)
    _tell("emails.bounced", delivery, told, now, kind="soft", status=told.status)
    if _counts(told):
        _count(delivery, told, now)


def _count(delivery: Delivery, told: Told, now: datetime) -> None:
    """Close an address after as many soft bounces of its own as the setting says."""
    allowed = int(preferences.get(COUNT))
    if not allowed or _is_late(delivery, told, now) or not is_still_theirs(delivery):
        return
    closed = DoNotContact.objects.filter(contact_id=delivery.contact_id, channel="email")
    if closed.filter(reason=Reason.HARD_BOUNCE).exists():
        # The latest word on an address replaces the one before; a late report takes nothing back.
        return
    since = told.at - timedelta(days=preferences.get(DAYS))
    # Of this address: the contact may have had another one, or taken over a merged contact's mails.
    alike = Delivery.objects.filter(contact_id=delivery.contact_id, recipient=delivery.recipient)
    counted = MailOutcome.objects.filter(contact_id=delivery.contact_id, kind=Kind.SOFT)
    counted = counted.filter(counts=True, at__gt=since, at__lte=told.at)
    if counted.filter(delivery_id__in=alike.values("pk")).count() >= allowed:
        consent.close([delivery.contact_id], "email", Reason.SOFT_BOUNCE, told.words[:300], now)


def _complaint(delivery: Delivery, told: Told, now: datetime) -> None:
    if told.cause == OPT_OUT:
        return _left(delivery, told, now)
    _mark(delivery, "complained_at", told.at)
    _tell("emails.complained", delivery, told, now)
    words = f"email {delivery.email_id}"
    consent.close([delivery.contact_id], "email", Reason.COMPLAINT, words, now)
    return None


def _left(delivery: Delivery, told: Told, now: datetime) -> None:
    """Take what a mail program asked for its reader: no complaint, but the way out."""
    _mark(delivery, "unsubscribed_at", told.at)
    _tell("emails.unsubscribed", delivery, told, now)
    closed = DoNotContact.objects.filter(contact_id=delivery.contact_id, channel="email")
    if closed.filter(reason=Reason.COMPLAINT).exists():
        # Who complained is better protected than who left.
        return
    words = f"email {delivery.email_id}"
    consent.close([delivery.contact_id], "email", Reason.UNSUBSCRIBED, words, now)


def _reply(delivery: Delivery, told: Told, now: datetime) -> None:
    _mark(delivery, "replied_at", told.at)
    text = told.words[:LONGEST]
    _tell("emails.replied", delivery, told, now, text=text, subject_line=told.subject[:300])
    if not _is_late(delivery, told, now):
        forwarding.forward(delivery, told.subject, told.words, now)


FOLLOWS: Mapping[Kind, Callable[[Delivery, Told, datetime], None]] = {
    Kind.HARD: _hard,
    Kind.SOFT: _soft,
    Kind.COMPLAINT: _complaint,
    Kind.REPLY: _reply,
}


def _mark(delivery: Delivery, column: str, at: datetime) -> None:
    """Note the first time in the ledger."""
    Delivery.objects.filter(pk=delivery.pk, **{column: None}).update(**{column: at})


def _tell(key: str, delivery: Delivery, told: Told, now: datetime, **more: str) -> None:
    data = {"delivery": str(delivery.pk), "cause": delivery.cause}
    if told.kind != Kind.REPLY:
        data["reason"] = told.words[:300]
    data |= {name: value for name, value in more.items() if value}
    fact = Fact(delivery.contact_id, told.at, delivery.email_id, data)
    events.record(key, [fact], now=now, depth=delivery.depth + 1)


def _is_late(delivery: Delivery, told: Told, now: datetime) -> bool:
    # Whoever files a message by hand knows when it came.
    return told.cause != FILED and bool(delivery.sent_at and now > delivery.sent_at + LATEST)


def recipient_of(key: str) -> uuid.UUID:
    """Return what the ledger keeps of an address, as `recipients.KEY`."""
    return uuid.UUID(bytes=sha256(key.encode()).digest()[:16])


def is_still_theirs(delivery: Delivery) -> bool:
    """Say whether the contact has the address that the mail went to."""
    address = Contact.objects.filter(pk=delivery.contact_id).values_list("email_key", flat=True)
    key = address.first()
    if not key:
        return False
    # A row from before it was kept says nothing.
    return delivery.recipient in (None, recipient_of(key))
