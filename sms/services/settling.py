"""Settles what is in doubt: whether the provider took a text whose answer never came.

Its messages to the number are looked through. What is found was sent, and is never sent again.
What is not found ten minutes after it was handed over was not taken, and goes again. A receipt
that comes first (`receipts`) settles the doubt, too.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sms.models import State, TextDelivery
from sms.services import outcomes
from sms.services.claims import Claimed
from sms.services.outcomes import Outcome
from sms.services.transports import Away, Outgoing, Transport, transport

AT_ONCE = 10
# While one is asked about, nobody else asks; it is asked about again so much later.
AGAIN = timedelta(minutes=3)
# A message that was taken is listed long before.
CERTAIN = timedelta(minutes=10)
# Later it stays uncertain, for whoever looks at the ledger.
GIVEN_UP = timedelta(days=2)
# So many times at most it goes again.
MOST = 5
TAKE = """
UPDATE sms_delivery SET due_at = %(again)s, fence = fence + 1 WHERE id IN (
  SELECT id FROM sms_delivery WHERE state = 5 AND due_at <= %(now)s AND begun_at > %(oldest)s
  ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id, fence, sms_id, contact_id, run_id, number, cause, attempts, depth, transactional,
          body, begun_at"""
# The row is held by its fence, as a lease is.
LEASE = """
UPDATE sms_delivery SET lease_until = due_at WHERE id = %s AND fence = %s AND state = 5
RETURNING id"""


def due(now: datetime) -> bool:
    """Say whether something in doubt is to be looked for."""
    rows = TextDelivery.objects.filter(state=State.UNCERTAIN, due_at__lte=now)
    return rows.filter(begun_at__gt=now - GIVEN_UP).exists()


def settle(now: datetime) -> bool:
    """Look for some of what is in doubt; say whether there was any."""
    values: dict[str, Any] = {
        "now": now,
        "again": now + AGAIN,
        "oldest": now - GIVEN_UP,
        "most": AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        rows = cursor.fetchall()
    carrier = transport()
    for *row, body, begun_at in rows:
        _settle(Claimed(*row), body, begun_at, carrier, now)
    return bool(rows)


def _settle(
    row: Claimed, body: str | None, begun_at: datetime, carrier: Transport, now: datetime
) -> None:
    if not row.number:
        # Whose it was is forgotten.
        return
    known: frozenset[Any] = frozenset(
        TextDelivery.objects.filter(number=row.number, sid__isnull=False)
        .exclude(pk=row.id)
        .order_by("-pk")
        .values_list("sid", flat=True)[:500]
    )
    try:
        reply = carrier.find(Outgoing(row.id, row.number, body or ""), begun_at, known)
    except Away:
        return
    if reply is not None:
        _write(outcomes.of(row, reply, now))
    elif now - begun_at >= CERTAIN:
        over = row.attempts >= MOST
        state = State.FAILED if over else State.QUEUED
        again: Any = None if over else now
        _write(Outcome(row, state, now, "no_answer" if over else "not_taken", again))


def _write(outcome: Outcome) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LEASE, [outcome.claimed.id, outcome.claimed.fence])
            ours = cursor.fetchone()
        if ours:
            outcomes.commit([outcome])
