"""Settles what is in doubt: whether the provider took a text whose answer never came.

Its messages to the number are looked through. What surely is the text was sent, and is never sent
again. Where nothing went to the number ten minutes after it was handed over, it was not taken, and
goes again. Where something did that nobody owns, nobody knows: it stays in doubt, for whoever looks
at the ledger. Only the account that it was handed to is asked. A receipt that comes first
(`receipts`) settles the doubt, too.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from kernel.locks import lock_contacts
from sms.models import State, TextDelivery, TextRun
from sms.services import outcomes
from sms.services.claims import Claimed
from sms.services.outcomes import Outcome
from sms.services.transports import Away, Message, Transport, transport

logger = logging.getLogger(__name__)
AT_ONCE = 10
# While one is asked about, nobody else asks; it is asked about again so much later.
AGAIN = timedelta(minutes=3)
# A message that was taken is listed long before.
CERTAIN = timedelta(minutes=10)
# Later it stays uncertain, for whoever looks at the ledger.
GIVEN_UP = timedelta(days=2)
# So many times at most it goes again.
MOST = 5
# Clocks differ; a message of a text is no older than that, and not made so much later.
SKEW, AT_LAST = timedelta(seconds=90), timedelta(minutes=5)
# What is in doubt has its text; what was given up has none any more.
TAKE = """
UPDATE sms_delivery SET due_at = %(again)s, fence = fence + 1 WHERE id IN (
  SELECT id FROM sms_delivery WHERE state = 5 AND body IS NOT NULL AND due_at <= %(now)s
    AND account = %(account)s AND begun_at > %(oldest)s
  ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id, fence, sms_id, contact_id, run_id, number, cause, attempts, depth, transactional,
          body, sender, begun_at, doubts"""
GIVE_UP = """
UPDATE sms_delivery SET body = NULL, fence = fence + 1 WHERE id IN (
  SELECT id FROM sms_delivery WHERE state = 5 AND body IS NOT NULL AND begun_at <= %s
  ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)"""
# The row is held by its fence, as a lease is.
LEASE = """
UPDATE sms_delivery SET lease_until = due_at WHERE id = %s AND fence = %s AND state = 5
RETURNING id"""
# Cancelling a run waits for it, so that none of its texts goes back into the queue afterwards.
RUN = "SELECT state FROM sms_run WHERE id = %s FOR SHARE"
# Whoever hands the same number something now may own what is listed.
BUSY = """
SELECT EXISTS (SELECT 1 FROM sms_delivery WHERE number = %s AND id <> %s AND state = 2)
    OR EXISTS (SELECT 1 FROM sms_delivery WHERE sid = %s AND id <> %s)"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One text that is in doubt, as it was handed over."""

    row: Claimed
    body: str
    sender: str
    begun_at: datetime
    doubts: int


def due(now: datetime) -> bool:
    """Say whether something in doubt is to be looked for, or given up."""
    rows = TextDelivery.objects.filter(state=State.UNCERTAIN, body__isnull=False, due_at__lte=now)
    if not rows.exists():
        return False
    old = rows.filter(begun_at__lte=now - GIVEN_UP)
    return rows.filter(account=transport().account).exists() or old.exists()


def settle(now: datetime) -> bool:
    """Look for some of what is in doubt; say whether there was any."""
    carrier = transport()
    values: dict[str, Any] = {
        "now": now,
        "again": now + AGAIN,
        "oldest": now - GIVEN_UP,
        "most": AT_ONCE,
        "account": carrier.account,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        rows = cursor.fetchall()
        cursor.execute(GIVE_UP, [now - GIVEN_UP])
        given_up = cursor.rowcount
    for *row, body, sender, begun_at, doubts in rows:
        try:
            _settle(Doubt(Claimed(*row), body, sender, begun_at, doubts), carrier, now)
        except Exception:
            # It is asked about again; the others have their answers.
            logger.exception("The doubt about delivery %s cannot be settled", row[0])
    return bool(rows or given_up)


def _settle(doubt: Doubt, carrier: Transport, now: datetime) -> None:
    row = doubt.row
    try:
        listed = carrier.listed(row.number, doubt.begun_at - SKEW)
    except Away:
        return
    listed = _nobodys(listed, row.id)
    ours = [one for one in listed if _is(one, doubt)]
    if ours:
        _write(outcomes.of(row, ours[-1].reply, now))
    elif now - doubt.begun_at >= CERTAIN and not any(_may_be(one, doubt) for one in listed):
        over = doubt.doubts > MOST
        state = State.FAILED if over else State.QUEUED
        again: Any = None if over else now
        why = "no_answer" if over else "not_taken"
        _write(Outcome(row, state, now, why, again, tried=False))


def _nobodys(listed: Sequence[Message], but: int) -> list[Message]:
    """Leave out what belongs to other deliveries."""
    names = [one.reply.sid for one in listed]
    owned = TextDelivery.objects.filter(sid__in=names).exclude(pk=but)
    known = set(owned.values_list("sid", flat=True))
    return [one for one in listed if one.reply.sid not in known]


def _is(one: Message, doubt: Doubt) -> bool:
    return one.sender == doubt.sender and _plain(one.body) == _plain(doubt.body)


def _may_be(one: Message, doubt: Doubt) -> bool:
    """Say whether it could be the text, if the provider had changed its words."""
    return one.sender == doubt.sender and one.made_at <= doubt.begun_at + AT_LAST


def _plain(text: str) -> str:
    return " ".join(text.split())


def _write(outcome: Outcome) -> None:
    """Write what was found, unless somebody else was quicker, or it may be another's."""
    row, sid = outcome.claimed, outcome.reply.sid if outcome.reply else None
    with transaction.atomic(), connection.cursor() as cursor:
        # Runs and contacts before their rows, as everybody who holds several.
        cursor.execute(RUN, [row.run_id])
        run = cursor.fetchone()
        lock_contacts([row.contact_id])
        if sid:
            cursor.execute(BUSY, [row.number, row.id, sid, row.id])
            if cursor.fetchone()[0]:
                return
        cursor.execute(LEASE, [row.id, row.fence])
        if cursor.fetchone() is None:
            return
        if run and run[0] == TextRun.State.CANCELLED and outcome.state == State.QUEUED:
            outcome = Outcome(row, State.CANCELLED, outcome.at, outcome.reason, tried=False)
        outcomes.commit([outcome])
