"""Works on what came back: reads it, finds the mail of ours that it is about, has it recorded.

Each message is worked on in a transaction of its own and once; what cannot be read goes to
quarantine, and nothing but a signature of ours says which mail a message is about.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from contacts.models import Contact
from emails.models import Delivery, ReturnedMail
from emails.returned.reading import BOUNCES, Kind, Reading, Report, address_in, read
from emails.services import aftermath, proofs, returns
from emails.services.aftermath import Recorded, Told

logger = logging.getLogger(__name__)
SLICE = 20
MOST_TRIES = 5
PAUSE = timedelta(minutes=1)
# So long a message waits until its mail is known to have left.
LONGEST_WAIT = timedelta(days=1)
MOST_ADDRESSES = 500
Why, State = ReturnedMail.Why, ReturnedMail.State
# Headers in which mail servers write to which address a mail was handed over.
HANDED_TO = (
    *("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to"),
    *("x-rcpt-to", "x-real-to", "apparently-to", "to", "cc", "received"),
)
ANSWERED = ("in-reply-to", "references")
_ADDRESSES = re.compile(r"[^\s<>;:,\"'()\[\]=]{1,64}@[A-Za-z0-9.-]{1,253}[A-Za-z0-9]")


def due(now: datetime) -> bool:
    """Say whether a message waits."""
    return ReturnedMail.objects.filter(state=State.WAITING, due_at__lte=now).exists()


def work(now: datetime) -> bool:
    """Work on some, the oldest first; say whether there were any."""
    rows = ReturnedMail.objects.filter(state=State.WAITING, due_at__lte=now)
    numbers = list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:SLICE])
    for number in numbers:
        try:
            _work_on(number, now)
        except SoftTimeLimitExceeded:
            # The worker's time is over, which says nothing about the message.
            raise
        except Exception:
            # One that cannot be worked on stops no other, and is kept.
            logger.exception("Returned mail %s cannot be worked on", number)
            _set_back(number, now)
    return bool(numbers)


def _work_on(number: int, now: datetime) -> None:
    rows = ReturnedMail.objects.filter(pk=number, state=State.WAITING)
    row = rows.first()
    if row is None:
        return
    # Read before anything is locked: this is the slow part.
    reading = read(bytes(row.raw))
    named = find(row, reading)
    with transaction.atomic():
        # The contact before the message, as erasing takes them.
        aftermath.hold(named.delivery)
        locked = rows.select_for_update(no_key=True, skip_locked=True).first()
        if locked is None:
            return
        _describe(locked, reading)
        if named.why:
            settle(locked, named.why)
        else:
            _record(locked, reading, named.delivery, now)


@transaction.atomic
def _set_back(number: int, now: datetime) -> None:
    rows = ReturnedMail.objects.select_for_update(no_key=True)
    row = rows.filter(pk=number, state=State.WAITING).first()
    if row is None:
        return
    row.attempts += 1
    row.due_at = now + PAUSE * row.attempts
    if row.attempts >= MOST_TRIES:
        row.state, row.why = State.HELD, Why.BROKEN
    row.save(update_fields=["attempts", "due_at", "state", "why"])


@dataclass(frozen=True)
class Named:
    """Which delivery a message is about; 0 where it needs none, `why` where it cannot be said."""

    delivery: int = 0
    why: str = ""


def find(row: ReturnedMail, reading: Reading) -> Named:
    """Find the delivery by the codes we signed, and ask whether they prove what is told of it."""
    forged = False
    for text, ids in _places(row, reading):
        found, wrong = returns.named_in(text, ids=ids)
        forged = forged or wrong
        if len(found) > 1:
            return Named(why=Why.SEVERAL)
        if found:
            why = proofs.doubt(found[0], reading, by_id=ids)
            return Named(why=why) if why else Named(found[0])
    if reading.kind in (Kind.AUTO_REPLY, Kind.REPORT):
        # Nobody's absence and nobody's arrival: there is nothing to look at.
        return Named()
    if reading.kind == Kind.UNKNOWN:
        return Named(why=Why.UNKNOWN)
    return Named(why=Why.FORGED if forged else Why.NOBODY)


def _places(row: ReturnedMail, reading: Reading) -> Iterator[tuple[str, bool]]:
    """Where codes may stand, and whether Message-IDs are looked for there."""
    headers = reading.message.headers
    yield "\n".join([row.recipient, *headers.all(*HANDED_TO)]), False
    for original in reading.original:
        yield "\n".join(original.all("return-path", "sender", "errors-to")), False
    # What a person quotes is not what they answer.
    if reading.kind != Kind.REPLY:
        yield "\n".join(part.text for part in reading.message.parts), False
    for name in ANSWERED:
        yield "\n".join(headers.all(name)[:1]), True
    for original in reading.original:
        yield "\n".join(original.all("message-id")), True


def _record(row: ReturnedMail, reading: Reading, delivery: int, now: datetime) -> None:
    if not delivery:
        return settle(row)
    told = _told(row, reading, delivery)
    came, row.contact_id = aftermath.record(told, now)
    if came != Recorded.EARLY:
        # Of what never left, or of whoever is gone, nothing is kept either.
        return settle(row)
    if row.received_at < now - LONGEST_WAIT:
        return settle(row, Why.NOBODY)
    # No fault of the message: no try is counted.
    row.due_at = now + PAUSE
    return row.save()


def _told(row: ReturnedMail, reading: Reading, delivery: int) -> Told:
    report = _report_of(reading, delivery)
    headers = reading.message.headers
    # One reply may lie in two mailboxes: its Message-ID names it.
    name = headers.get("message-id").strip()
    own = sha256(name.encode("utf-8", "replace")).hexdigest() if name else row.digest
    return Told(
        name=f"mail:{delivery}:{reading.kind}:{own}",
        delivery=delivery,
        kind=Kind(report.kind) if report else reading.kind,
        at=_at(row, reading, delivery),
        delayed=report.delayed if report else False,
        cause=report.cause if report else "",
        status=report.status if report else "",
        words=report.words if report else reading.message.text.strip(),
        subject=row.subject,
    )


def _at(row: ReturnedMail, reading: Reading, delivery: int) -> datetime:
    """Return when it was written, as it says: many may be fetched in one minute of a later day."""
    try:
        at = parsedate_to_datetime(reading.message.headers.get("date")[:100])
    except (ValueError, TypeError, OverflowError):
        return row.received_at
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    sent = Delivery.objects.filter(pk=delivery).values_list("sent_at", flat=True).first()
    return min(max(at, sent or row.received_at), row.received_at)


def _report_of(reading: Reading, delivery: int) -> Report | None:
    """Return what is told of whom the mail was for; of whoever it was forwarded to otherwise."""
    if reading.kind not in BOUNCES:
        return reading.reports[0] if reading.reports else None
    contact = Delivery.objects.filter(pk=delivery).values("contact_id")
    keys = Contact.objects.filter(pk__in=contact).values_list("email_key", flat=True)
    own = [one for one in reading.reports if one.address and one.address in set(keys)]
    alike = [one for one in reading.reports if one.kind == reading.kind]
    return next(iter([*own, *alike]), None)


def _describe(row: ReturnedMail, reading: Reading) -> None:
    """Note what lists show of it, and by whom it is found."""
    headers = reading.message.headers
    row.kind = reading.kind
    row.sender = address_in(headers.get("from"))[:320]
    row.subject = " ".join(headers.get("subject").replace("\0", "").split())[:300]
    row.addresses = addresses_of(reading)


def addresses_of(reading: Reading) -> list[str]:
    """Return every address that stands in a message, in small letters."""
    message = reading.message
    texts = [value for _name, value in message.headers.pairs]
    texts += [part.text for part in message.parts]
    found: dict[str, None] = {}
    for text in texts:
        for match in _ADDRESSES.finditer(text):
            found[match[0].lower()[:320]] = None
            if len(found) >= MOST_ADDRESSES:
                return list(found)
    return list(found)


def settle(row: ReturnedMail, why: str = "") -> None:
    """End the work on a message: held with a reason, or done and forgotten but for its digest."""
    row.state, row.why = (State.HELD, why) if why else (State.DONE, "")
    if not why:
        forget_text(row)
    row.save()


def forget_text(row: ReturnedMail) -> None:
    """Leave of a message that it came, and what it was."""
    row.raw, row.sender, row.subject, row.recipient, row.addresses = b"", "", "", "", []
