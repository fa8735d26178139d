"""Works on what the provider told us: receipts go up the ladder alone, replies find their person.

Each is a row before it is answered, once by its name and status, and is worked on in a transaction
of its own; told again or in another order it changes nothing. What fails is tried again later; a
status is given up after a day, what a person wrote is not.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from kernel import events
from kernel.events import Fact
from kernel.locks import lock_contacts
from sms.models import Receipt, State, TextDelivery, TextRun
from sms.services import faults, numbers_closed, replies, runs
from sms.services.numbers_closed import Refusal

logger = logging.getLogger(__name__)
SLICE = 50
# Seconds until the next try; a status is dropped after the last, a reply tried every so often.
PAUSES = (1, 5, 30, 120, 600, *[3_600] * 24)
# A receipt tells of what was handed over; clocks differ.
SKEW = timedelta(seconds=90)
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
GOING = (TextRun.State.QUEUED, TextRun.State.PREPARING, TextRun.State.SENDING)
# Until it was told how it ended, a delivery may still turn out to be out.
OPEN = (State.QUEUED, State.CLAIMED, State.SENDING, State.UNCERTAIN)


def due(now: datetime) -> bool:
    """Say whether something waits."""
    return Receipt.objects.filter(done_at=None, due_at__lte=now).exists()


def work(now: datetime) -> bool:
    """Work on some of them, the oldest first; say whether there were any."""
    rows = Receipt.objects.filter(done_at=None, due_at__lte=now).order_by("due_at", "pk")
    waiting = list(rows.values_list("pk", flat=True)[:SLICE])
    for number in waiting:
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
        # Runs before contacts, as everybody who holds several.
        _stop(receipt)
        receipt.contact_id = _status(receipt, now)
    receipt.done_at = now
    receipt.save(update_fields=["contact_id", "done_at"])


def _set_back(number: int, now: datetime) -> None:
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(no_key=True).filter(pk=number).first()
        # Forgotten with its person meanwhile, or done by somebody else.
        if receipt is None or receipt.done_at is not None:
            return
        last = len(PAUSES) - 1
        if receipt.attempts > last and receipt.sort == Receipt.Sort.STATUS:
            receipt.done_at = now
        receipt.due_at = now + timedelta(seconds=PAUSES[min(receipt.attempts, last)])
        receipt.attempts = min(receipt.attempts + 1, 30_000)
        receipt.save(update_fields=["attempts", "done_at", "due_at"])


def _stop(receipt: Receipt) -> None:
    """Pause a broadcast whose texts end with the account at fault, before it burns the others."""
    if receipt.status not in LOST or faults.code_of(receipt.told) not in faults.CODES:
        return
    sent = TextDelivery.objects.filter(pk=receipt.delivery_id, run_id__gt=0)
    run = TextRun.objects.filter(pk__in=sent.values("run_id"), state__in=GOING).first()
    if run and faults.of_run(run.pk):
        logger.warning("Sending %s is paused: the account is at fault.", run.pk)
        with suppress(runs.RunRefused):
            runs.pause(run)


def _status(receipt: Receipt, now: datetime) -> int | None:
    """Take a receipt; return whose message it is of."""
    named = _row(receipt)
    if named is None:
        return None
    # Contacts first, as merging and erasing do.
    lock_contacts([named.contact_id])
    row = TextDelivery.objects.select_for_update(no_key=True).get(pk=named.pk)
    if not _is_of(row, receipt):
        if row.sid and row.pk == receipt.delivery_id and receipt.status in ARRIVED:
            # Under its former name: it was looked for in vain, and went again.
            logger.warning("Delivery %s arrived under two names: it went out twice.", row.pk)
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


def _is_of(row: TextDelivery, receipt: Receipt) -> bool:
    """Say whether a receipt is of this very handing over.

    After a backup came back its number may be another text's; and a cut that was put right gave
    the message another name.
    """
    if row.sid:
        return row.sid == receipt.sid
    begun = row.begun_at is not None and receipt.received_at >= row.begun_at - SKEW
    return begun and row.number is not None and receipt.told.get("To") == row.number


def _out(row: TextDelivery, receipt: Receipt, at: datetime, now: datetime) -> None:
    """Note that it is out, where the answer to sending it is not known, or not yet."""
    row.sid = receipt.sid
    if row.state not in OPEN:
        return
    row.state, row.sent_at, row.reason, row.body = State.SENT, at, None, None
    # Whoever waits for the answer no longer holds it.
    row.lease_until, row.fence = None, row.fence + 1
    if receipt.status not in LOST:
        _tell("sms.sent", row, at, now)


def _lost(row: TextDelivery, receipt: Receipt, at: datetime, now: datetime) -> None:
    number = faults.code_of(receipt.told)
    row.state, row.sent_at = State.FAILED, None
    row.reason = f"{number or receipt.status}: {receipt.told.get('ErrorMessage') or receipt.status}"
    told = {"reason": row.reason, **({"code": str(number)} if number else {})}
    _tell("sms.failed", row, at, now, **told)
    numbers_closed.close([Refusal(row.contact_id, row.number, number, row.reason)], now)


def _tell(key: str, row: TextDelivery, at: datetime, now: datetime, **more: str) -> None:
    told = {"delivery": str(row.pk), "cause": row.cause, **more}
    fact = Fact(row.contact_id, at, subject=row.sms_id, data=told)
    events.record(key, [fact], now=now, depth=row.depth + 1)
