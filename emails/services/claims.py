"""Takes due deliveries for one worker: policy first, a lease and a fence with them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from contacts.services.holding import NOTHING_HOLDS, Rules
from emails.models import Reason, Send, State
from emails.services import halting, limits, rates
from emails.services.rates import Turns
from emails.services.recipients import JOINS, KEY, REASON, policy
from emails.services.telling import moved_each
from emails.services.turns import Turn
from kernel.locks import GATE_LOCK, wait_lock

# A claim is two seconds of work; what has not been begun long after belongs to a dead worker.
LEASE = timedelta(seconds=20)
MARKETING_GATE, TRANSACTIONAL_GATE = 1, 2

DUE = """
SELECT id, contact_id FROM delivery
WHERE state = 0 AND transactional = %s AND run_id = %s AND due_at <= %s
ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED"""

# An address that changed since it was queued may now be another reader's of the same run.
# What is held back waits in the queue, or is left out, as the workspace wishes. OFFSET 0 has
# sendings counted once and not for every mention.
CLAIM = f"""
WITH due AS MATERIALIZED (
  SELECT d.id, d.run_id, d.contact_id, d.recipient stored, {KEY} recipient, {REASON} reason,
         c.locale, e.topic_id, w.most, w.per
  FROM delivery d {JOINS}
  LEFT JOIN channel_wish w ON w.contact_id = d.contact_id AND w.channel = 'email'
  WHERE d.id = ANY(%(ids)s)),
judged AS MATERIALIZED (
  SELECT due.*, coalesce(reason, CASE
    WHEN run_id > 0 AND recipient IS DISTINCT FROM stored AND (
      row_number() OVER (PARTITION BY run_id, recipient, reason ORDER BY id) > 1
      OR EXISTS (SELECT 1 FROM delivery o WHERE o.run_id = due.run_id AND o.id <> due.id
                 AND o.recipient = due.recipient AND o.state <> 6))
    THEN 'duplicate_address' END) verdict
  FROM due),
held AS MATERIALIZED (
  SELECT j.id, j.recipient, j.locale, j.verdict,
    CASE WHEN h.why = 'paused' OR cap.until IS NULL THEN h.why ELSE 'frequency_cap' END why,
    CASE WHEN h.why = 'paused' OR cap.until IS NULL THEN h.until ELSE cap.until END until
  FROM judged j
  LEFT JOIN unnest(%(held)s::bigint[], %(whys)s::text[], %(ends)s::timestamptz[])
       h(id, why, until) ON h.id = j.id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN j.verdict IS NULL THEN {{capped}} END until OFFSET 0) cap),
final AS MATERIALIZED (
  SELECT id, recipient, locale, until, coalesce(verdict, why) reason,
    CASE WHEN verdict IS NOT NULL THEN 6 WHEN why IS NULL THEN 1
         WHEN why = 'quiet_hours' OR %(delays)s AND until <= %(longest)s THEN 0 ELSE 6 END state
  FROM held)
UPDATE delivery d SET state = f.state, reason = f.reason,
  recipient = CASE WHEN f.state = 1 THEN f.recipient ELSE d.recipient END,
  due_at = CASE WHEN f.state = 0 THEN f.until ELSE d.due_at END,
  fence = d.fence + 1,
  lease_until = CASE WHEN f.state = 1 THEN %(lease)s END
FROM final f WHERE d.id = f.id
RETURNING d.id, d.fence, d.email_id, d.contact_id, d.run_id, d.cause, d.attempts, d.depth,
          d.created_at, f.locale, d.state"""  # noqa: S608 - fragments of ours

DOMAINS = """
SELECT d.id, split_part(c.email_key, '@', 2) FROM delivery d JOIN contact c ON c.id = d.contact_id
WHERE d.id = ANY(%s) ORDER BY d.id"""
LATER = """
UPDATE delivery d SET state = 0, lease_until = NULL, due_at = u.again, reason = %(why)s
FROM unnest(%(ids)s::bigint[], %(again)s::timestamptz[]) u(id, again) WHERE d.id = u.id"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this worker holds until its lease ends; `fence` proves it."""

    id: int
    fence: int
    email_id: int
    contact_id: int
    run_id: int
    cause: str
    attempts: int
    depth: int
    created_at: datetime
    locale: str | None
    # Where a limit holds: when it may go, and the reader's domain.
    turn: Turn | None = None
    domain: str = ""

    @property
    def slot(self) -> float:
        """Return the moment of the monotonic clock it may go."""
        return self.turn.at if self.turn else 0.0


def sources() -> list[int]:
    """Return what is taken from: 0 for single messages, and every run that is sending.

    Nothing, while all sending is held.
    """
    if halting.halted():
        return []
    runs = Send.objects.filter(finished_at=None, state=Send.State.SENDING)
    return [0, *runs.order_by("id").values_list("id", flat=True)]


def claim(run: int, limit: int, now: datetime, *, transactional: bool) -> tuple[list[Claimed], int]:
    """Take up to `limit` due deliveries of one source.

    Returns those to be sent and how many were looked at, skipped ones included.
    """
    with transaction.atomic():
        # In its own statement: what the claim sees must be younger than the lock, so that
        # duplicates (and caps) are counted once whoever claims at the same time.
        wait_lock(GATE_LOCK, TRANSACTIONAL_GATE if transactional else MARKETING_GATE)
        known = limits.in_force()
        if known and not transactional and rates.stands_back(now):
            return [], 0
        turns = Turns.open(known, now, transactional=transactional) if known else None
        with connection.cursor() as cursor:
            room = turns.room(limit) if turns else limit
            cursor.execute(DUE, [transactional, run, now, room])
            contacts: dict[int, int] = dict(cursor.fetchall())
            if not contacts:
                return [], 0
            rows, put_off = _judge(cursor, contacts, now, transactional=transactional)
        moved_each(((row[2], row[3]) for row in rows if row[-1] == State.SKIPPED), bulk=run > 0)
        claimed = [Claimed(*row[:-1]) for row in sorted(rows) if row[-1] == State.CLAIMED]
        if turns:
            claimed = _with_turns(claimed, turns)
    # Where turns are scarce, whoever got none asks again a moment later.
    seen = limit if put_off or len(contacts) == room < limit else len(contacts)
    return claimed, seen


def _with_turns(claimed: list[Claimed], turns: Turns) -> list[Claimed]:
    """Keep those who may go within a second; the others wait in the queue."""
    with connection.cursor() as cursor:
        cursor.execute(DOMAINS, [[row.id for row in claimed]])
        domains: dict[int, str] = dict(cursor.fetchall())
        given = turns.give(domains)
        later = [row.id for row in claimed if row.id not in given]
        if later:
            again = [turns.again(domains[number]) for number in later]
            cursor.execute(LATER, {"ids": later, "again": again, "why": Reason.PACED})
    turns.close(domains[number] for number in given)
    kept = []
    for row in claimed:
        if row.id in given:
            turn = turns.turn(given[row.id], domains[row.id])
            kept.append(replace(row, turn=turn, domain=domains[row.id]))
    return kept


def _judge(
    cursor: CursorWrapper, due: dict[int, int], now: datetime, *, transactional: bool
) -> tuple[list[tuple[Any, ...]], bool]:
    """Write what becomes of due deliveries; also say whether some were left for the next claim."""
    hold = NOTHING_HOLDS if transactional else Rules.read()
    chosen = due
    if hold.counts:
        # One a person, since each counts for the next.
        first = {contact: number for number, contact in reversed(due.items())}
        chosen = {number: contact for contact, number in first.items()}
    statement = CLAIM.format(capped=hold.capped_until())
    rules = policy(chosen.values(), transactional=transactional)
    rules |= hold.waiting(chosen, now)
    cursor.execute(statement, {"ids": list(chosen), "lease": now + LEASE, **rules})
    return cursor.fetchall(), len(chosen) < len(due)
