"""Works on what the provider told us: receipts go up the ladder alone, replies find their person.

Each is a row before it is answered, once by its name and status, and is worked on in a transaction
of its own; told again or in another order it changes nothing.
"""

import logging
from datetime import datetime

from django.db import transaction

from kernel import events
from kernel.events import Fact
from kernel.locks import lock_contacts
from sms.models import Receipt, State, TextDelivery
from sms.services import numbers_closed, replies
from sms.services.numbers_closed import Refusal

logger = logging.getLogger(__name__)
SLICE, MOST_TRIES = 50, 5
# What a message has come to is never taken back by what came before it.
LADDER = {
    **dict.fromkeys(("accepted", "scheduled", "queued"), 1),
    "sending": 2,
    "sent": 3,
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled"), 4),
    "read": 5,
}
ARRIVED = ("delivered", "read")
LOST = ("undelivered", "failed", "canceled")
# Until it was told how it ended, a delivery may still turn out to be out.
OPEN = (State.QUEUED, State.CLAIMED, State.SENDING, State.UNCERTAIN)


def due(now: datetime) -> bool:
    """Say whether something waits."""
    return Receipt.objects.filter(done_at=None).exists()


def work(now: datetime) -> bool:
    """Work on some of them, the oldest first; say whether there were any."""
    waiting = list(Receipt.objects.filter(done_at=None).order_by("pk").values_list("pk")[:SLICE])
    for (number,) in waiting:
        try:
            _work_on(number, now)
        except Exception:
            # One that cannot be read stops no other.
            logger.exception("Receipt %s cannot be worked on", number)
            _set_back(number, now)
    return bool(waiting)


@transaction.atomic
def _work_on(number: int, now: datetime) -> None:
    rows = Receipt.objects.select_for_update(no_key=True, skip_locked=True)
    receipt = rows.filter(pk=number, done_at=None).first()
    if receipt is None:
        return
    if receipt.sort == Receipt.Sort.INBOUND:
        receipt.contact_id = replies.take(receipt, now)
    else:
        receipt.contact_id = _status(receipt, now)
    receipt.done_at = now
    receipt.save(update_fields=["contact_id", "done_at"])


def _set_back(number: int, now: datetime) -> None:
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(no_key=True).get(pk=number)
        receipt.attempts += 1
        if receipt.attempts >= MOST_TRIES:
            receipt.done_at = now
        receipt.save(update_fields=["attempts", "done_at"])


def _status(receipt: Receipt, now: datetime) -> int | None:
    """Take a receipt; return whose message it is of."""
    named = _row(receipt)
    if named is None:
        return None
    # Contacts first, as merging and erasing do.
    lock_contacts([named.contact_id])
    row = TextDelivery.objects.select_for_update(no_key=True).get(pk=named.pk)
    if row.sid and row.sid != receipt.sid:
        return None
    at, status = receipt.received_at, receipt.status
    if LADDER[status] <= LADDER.get(row.status, 0):
        return row.contact_id
    _out(row, receipt, at, now)
    row.status = status
    if status in ARRIVED and row.delivered_at is None:
        row.delivered_at = at
        _tell("sms.delivered", row, at, now)
    elif status in LOST:
        _lost(row, receipt, at, now)
    row.save()
    return row.contact_id


def _row(receipt: Receipt) -> TextDelivery | None:
    found = TextDelivery.objects.filter(sid=receipt.sid).first()
    return found or TextDelivery.objects.filter(pk=receipt.delivery_id, sid=None).first()


def _out(row: TextDelivery, receipt: Receipt, at: datetime, now: datetime) -> None:
    """Note that it is out, where the answer to sending it is not known, or not yet."""
    row.sid = row.sid or receipt.sid
    if row.state not in OPEN or row.begun_at is None:
        return
    row.state, row.sent_at, row.reason, row.body = State.SENT, at, None, None
    # Whoever waits for the answer no longer holds it.
    row.lease_until, row.fence = None, row.fence + 1
    if receipt.status not in LOST:
        _tell("sms.sent", row, at, now)


def _lost(row: TextDelivery, receipt: Receipt, at: datetime, now: datetime) -> None:
    code = str(receipt.told.get("ErrorCode") or "")
    number = int(code) if code.isascii() and code.isdigit() and len(code) < 9 else 0
    row.state, row.sent_at = State.FAILED, None
    row.reason = f"{number or receipt.status}: {receipt.told.get('ErrorMessage') or receipt.status}"
    told = {"reason": row.reason, **({"code": str(number)} if number else {})}
    _tell("sms.failed", row, at, now, **told)
    numbers_closed.close([Refusal(row.contact_id, number, row.reason)], now)


def _tell(key: str, row: TextDelivery, at: datetime, now: datetime, **more: str) -> None:
    told = {"delivery": str(row.pk), "cause": row.cause, **more}
    fact = Fact(row.contact_id, at, subject=row.sms_id, data=told)
    events.record(key, [fact], now=now, depth=row.depth + 1)
