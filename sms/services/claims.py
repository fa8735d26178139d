"""Takes due deliveries for one worker: policy first, a lease and a fence with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from contacts.services import numbers
from contacts.services.holding import NOTHING_HOLDS, Rules
from kernel import preferences
from kernel.locks import GATE_LOCK, wait_lock
from sms.models import State, TextDelivery
from sms.services import pace
from sms.services.holding import LEDGER
from sms.services.recipients import JOINS, policy, reason
from sms.services.transports import Transport

# What has not been begun so much later belongs to a dead worker.
LEASE = timedelta(seconds=60)
# Beside those of mails: one for all texts, so that limits are counted once.
GATE = 3

DUE = """
SELECT id, contact_id FROM sms_delivery
WHERE state = 0 AND transactional = %s AND run_id = %s AND due_at <= %s
ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED"""

# What is held back waits in the queue, or is left out, as the workspace wishes. OFFSET 0 has
# sendings counted once and not for every mention.
CLAIM = """
WITH due AS MATERIALIZED (
  SELECT d.id, d.run_id, d.contact_id, n.number, n.mobile, {reason} reason, c.locale, w.most, w.per
  FROM sms_delivery d {joins}
  LEFT JOIN unnest(%(people)s::bigint[], %(mobiles)s::text[], %(numbers)s::text[])
       n(contact_id, mobile, number) ON n.contact_id = d.contact_id
  LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = 'sms'
  WHERE d.id = ANY(%(ids)s)),
owned AS MATERIALIZED (
  SELECT due.*, run_id > 0 AND EXISTS (
    SELECT 1 FROM sms_delivery o WHERE o.run_id = due.run_id AND o.id <> due.id
      AND o.number = due.number AND o.state <> 6) is_double
  FROM due),
judged AS MATERIALIZED (
  SELECT owned.*, coalesce(reason, CASE
    WHEN is_double OR run_id > 0 AND
      row_number() OVER (PARTITION BY run_id, number, reason, is_double ORDER BY id) > 1
    THEN 'duplicate_address' END) verdict
  FROM owned),
held AS MATERIALIZED (
  SELECT j.id, j.number, j.mobile, j.locale, j.verdict,
    CASE WHEN h.why = 'paused' OR cap.until IS NULL THEN h.why ELSE 'frequency_cap' END why,
    CASE WHEN h.why = 'paused' OR cap.until IS NULL THEN h.until ELSE cap.until END until
  FROM judged j
  LEFT JOIN unnest(%(held)s::bigint[], %(whys)s::text[], %(ends)s::timestamptz[])
       h(id, why, until) ON h.id = j.id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN j.verdict IS NULL THEN {capped} END until OFFSET 0) cap),
final AS MATERIALIZED (
  SELECT id, number, mobile, locale, until, coalesce(verdict, why) reason,
    CASE WHEN verdict IS NOT NULL THEN 6 WHEN why IS NULL THEN 1
         WHEN why = 'quiet_hours' OR %(delays)s AND until <= %(longest)s THEN 0 ELSE 6 END state
  FROM held)
UPDATE sms_delivery d SET state = f.state, reason = f.reason,
  number = CASE WHEN f.state = 1 THEN f.number ELSE d.number END,
  due_at = CASE WHEN f.state = 0 THEN f.until ELSE d.due_at END,
  fence = d.fence + 1,
  lease_until = CASE WHEN f.state = 1 THEN %(lease)s END
FROM final f WHERE d.id = f.id
RETURNING d.id, d.fence, d.sms_id, d.contact_id, d.run_id, d.number, d.cause, d.attempts, d.depth,
          d.transactional, f.locale, f.mobile, d.state"""
PEOPLE = "SELECT id, mobile FROM contact WHERE id = ANY(%s) AND mobile IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this worker holds until its lease ends; `fence` proves it."""

    id: int
    fence: int
    sms_id: int
    contact_id: int
    run_id: int
    number: str
    cause: str
    attempts: int
    depth: int
    transactional: bool
    locale: str | None = None
    # As the contact had it written then.
    mobile: str | None = None


def claim(
    run: int, carrier: Transport, most: int, now: datetime, *, transactional: bool
) -> tuple[list[Claimed], int]:
    """Take due deliveries of one source, as many as the transport may be asked for now.

    Returns those to be sent and how many were looked at, skipped ones included.
    """
    with transaction.atomic():
        # In its own statement: what the claim sees must be younger than the lock, so that
        # duplicates and caps are counted once whoever claims at the same time.
        wait_lock(GATE_LOCK, GATE)
        if not transactional and carrier.per_second and _urgent(now):
            return [], 0
        room = pace.room(carrier.name, carrier.per_second, most, now)
        with connection.cursor() as cursor:
            cursor.execute(DUE, [transactional, run, now, room])
            due: dict[int, int] = dict(cursor.fetchall())
            if not due:
                return [], 0
            hold = NOTHING_HOLDS if transactional else Rules.read(LEDGER)
            if hold.counts:
                # One a person, since each counts for the next.
                first = {contact: number for number, contact in reversed(due.items())}
                due = {number: contact for contact, number in first.items()}
            values = _values(hold, list(due), now) | _people(set(due.values()))
            cursor.execute(_statement(hold), values)
            rows = cursor.fetchall()
        claimed = [Claimed(*row[:-1]) for row in sorted(rows) if row[-1] == State.CLAIMED]
        pace.take(carrier.name, carrier.per_second, len(claimed), now)
    return claimed, len(due)


def _urgent(now: datetime) -> bool:
    """Say whether somebody waits for a text that is never behind a broadcast."""
    waiting = TextDelivery.objects.filter(state=State.QUEUED, transactional=True, run_id=0)
    return waiting.filter(due_at__lte=now).exists()


def _statement(hold: Rules) -> str:
    return CLAIM.format(
        reason=reason("n.number"),
        joins=JOINS,
        capped=hold.capped_until(),
    )


def _people(contacts: set[int]) -> dict[str, Any]:
    """Return whom to call where; each number is read by the library, not by the database."""
    region = preferences.get("contacts.phone_region")
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [list(contacts)])
        rows = cursor.fetchall()
    return {
        "people": [contact for contact, _mobile in rows],
        "mobiles": [mobile for _contact, mobile in rows],
        "numbers": [numbers.dial(mobile, region) for _contact, mobile in rows],
    }


def _values(hold: Rules, ids: list[int], now: datetime) -> dict[str, Any]:
    return {"ids": ids, "lease": now + LEASE, **policy(), **hold.waiting(ids, now)}
