"""Takes due deliveries for one worker: policy first, a lease and a fence with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from emails.models import Send, State
from emails.services.recipients import JOINS, KEY, REASON, policy
from emails.services.telling import moved_each
from kernel.locks import GATE_LOCK, wait_lock

# A claim is two seconds of work; what has not been begun long after belongs to a dead worker.
LEASE = timedelta(seconds=20)
MARKETING_GATE, TRANSACTIONAL_GATE = 1, 2

DUE = """
SELECT id, contact_id FROM delivery
WHERE state = 0 AND transactional = %s AND run_id = %s AND due_at <= %s
ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED"""

# An address that changed since it was queued may now be another reader's of the same run.
CLAIM = f"""
WITH due AS MATERIALIZED (
  SELECT d.id, d.run_id, d.recipient stored, {KEY} recipient, {REASON} reason, c.locale
  FROM delivery d {JOINS} WHERE d.id = ANY(%(ids)s)),
judged AS MATERIALIZED (
  SELECT id, recipient, locale, coalesce(reason, CASE
    WHEN run_id > 0 AND recipient IS DISTINCT FROM stored AND (
      row_number() OVER (PARTITION BY run_id, recipient, reason ORDER BY id) > 1
      OR EXISTS (SELECT 1 FROM delivery o WHERE o.run_id = due.run_id AND o.id <> due.id
                 AND o.recipient = due.recipient AND o.state <> 6))
    THEN 'duplicate_address' END) reason
  FROM due)
UPDATE delivery d SET
  state = CASE WHEN j.reason IS NULL THEN 1 ELSE 6 END,
  reason = j.reason,
  recipient = CASE WHEN j.reason IS NULL THEN j.recipient ELSE d.recipient END,
  fence = d.fence + 1,
  lease_until = CASE WHEN j.reason IS NULL THEN %(lease)s END
FROM judged j WHERE d.id = j.id
RETURNING d.id, d.fence, d.email_id, d.contact_id, d.run_id, d.cause, d.attempts, d.depth,
          d.created_at, j.locale, d.state"""  # noqa: S608 - fragments of ours


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


def sources() -> list[int]:
    """Return what is taken from: 0 for single messages, and every run that is sending."""
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
        with connection.cursor() as cursor:
            cursor.execute(DUE, [transactional, run, now, limit])
            contacts = dict(cursor.fetchall())
            if not contacts:
                return [], 0
            rules = policy(contacts.values(), transactional=transactional)
            cursor.execute(CLAIM, {"ids": list(contacts), "lease": now + LEASE, **rules})
            rows = cursor.fetchall()
        moved_each(((row[2], row[3]) for row in rows if row[-1] == State.SKIPPED), bulk=run > 0)
    return [Claimed(*row[:-1]) for row in sorted(rows) if row[-1] == State.CLAIMED], len(contacts)
