"""Writes the ledger rows of a run, ten thousand contacts at a time, and closes cancelled ones.

Each slice is one transaction that also saves how far the run has come, so that a killed worker's
successor goes on there. The run's row, locked, is the proof that nobody else prepares it.
"""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from emails.models import Delivery, Email, Send, State
from emails.services import figures, runs
from emails.services.recipients import KEY
from emails.services.telling import moved

S = Send.State
SLICE = 10_000

CHOSEN = """
SELECT DISTINCT m.contact_id FROM member m
WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2 AND m.contact_id > %(after)s
  AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                  AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
ORDER BY m.contact_id LIMIT %(slice)s"""

# The first contact with an address gets the mail, the others are listed as its doubles: also where
# the first, of an earlier slice, was left out meanwhile. Who gets it depends on no worker's pace.
# OFFSET 0: first the few who share the address, then their rows by the index, whatever the ledger
# of a run that is being written is thought to hold.
PREPARE = f"""
WITH chosen AS MATERIALIZED ({CHOSEN}),
people AS MATERIALIZED (
  SELECT chosen.contact_id, c.id, c.email_key, {KEY} recipient FROM chosen
  LEFT JOIN contact c ON c.id = chosen.contact_id),
fresh AS (
  SELECT p.*, CASE
    WHEN p.id IS NULL THEN 'contact_gone'
    WHEN p.email_key IS NULL THEN 'no_address'
    WHEN row_number() OVER (PARTITION BY p.recipient ORDER BY p.contact_id) > 1
      OR EXISTS (SELECT 1 FROM delivery o WHERE o.run_id = %(run)s AND o.recipient = p.recipient
                 AND o.state <> 6)
      OR EXISTS (
        SELECT 1 FROM (SELECT l.id FROM contact l
                       WHERE l.email_key = p.email_key AND l.id < p.contact_id OFFSET 0) l,
          LATERAL (SELECT o.recipient FROM delivery o
                   WHERE o.cause = %(cause)s AND o.contact_id = l.id OFFSET 0) o
        WHERE o.recipient = p.recipient) THEN 'duplicate_address'
    END reason
  FROM people p
  WHERE NOT EXISTS (
    SELECT 1 FROM delivery o WHERE o.run_id = ANY(%(earlier)s) AND o.recipient = p.recipient
      AND o.state NOT IN (6, 7))),
written AS (
  INSERT INTO delivery (email_id, run_id, contact_id, recipient, due_at, created_at, state, reason,
                        transactional, cause)
  SELECT %(email)s, %(run)s, contact_id, recipient, %(now)s, %(now)s,
         CASE WHEN reason IS NULL THEN 0 ELSE 6 END, reason, %(transactional)s, %(cause)s
  FROM fresh ORDER BY contact_id ON CONFLICT DO NOTHING)
SELECT max(contact_id), count(*), array_agg(contact_id) FROM chosen"""  # noqa: S608 - expressions of ours

CLOSE = """
UPDATE delivery SET state = 7, fence = fence + 1 WHERE id IN (
  SELECT id FROM delivery WHERE run_id = %s AND state = 0 AND transactional = ANY('{t,f}')
  ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)"""


def work(now: datetime) -> bool:
    """Prepare or close one slice of one run; say whether there is more."""
    with transaction.atomic():
        run = (
            _unfinished(now)
            .select_related("email")
            .order_by("at")
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .first()
        )
        if run is None:
            return any(runs.finish(number, now) for number in runs.over())
        if run.state == S.CANCELLED:
            _close(run, now)
        else:
            _prepare(run, run.email, now)
    return True


def _unfinished(now: datetime) -> QuerySet[Send]:
    # What a worker holds may come back, so a cancelled run is closed after that.
    held = Delivery.objects.filter(
        run_id=OuterRef("pk"), state__in=[State.CLAIMED, State.SENDING], lease_until__isnull=False
    )
    rows = Send.objects.filter(finished_at=None)
    waiting = rows.filter(state__in=[S.QUEUED, S.PREPARING], at__lte=now)
    return waiting | rows.filter(~Exists(held), state=S.CANCELLED)


def _prepare(run: Send, email: Email, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            PREPARE,
            {
                "included": list(email.segments.values_list("pk", flat=True)),
                "excluded": list(email.excluded_segments.values_list("pk", flat=True)),
                "after": run.prepared_to,
                "slice": SLICE,
                "run": run.pk,
                "earlier": list(
                    email.sends.exclude(pk=run.pk).values_list("pk", flat=True)
                    if run.new_only
                    else []
                ),
                "email": email.pk,
                "now": now,
                "transactional": email.is_transactional,
                "cause": f"broadcast:{run.pk}",
            },
        )
        last, count, contacts = cursor.fetchone()
    moved(email.pk, contacts or [], bulk=True)
    run.started_at = run.started_at or now
    run.prepared_to = last or run.prepared_to
    run.state = S.PREPARING if count == SLICE else S.SENDING
    selected = run.counts.get("selected", 0) + count
    run.counts = {**run.counts, "selected": selected, "queued": selected}
    run.save(update_fields=["started_at", "prepared_to", "state", "counts"])
    if run.state == S.SENDING and run.prepared_to:
        # State changes faster than the usual ANALYZE; a stale plan reads the whole ledger.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE delivery")
    if run.state == S.SENDING:
        # Nobody was chosen, or everybody was left out: no mail will come to close the run.
        runs.finish(run.pk, now)


def _close(run: Send, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [run.pk, SLICE])
        if cursor.rowcount < SLICE:
            run.finished_at = now
            run.save(update_fields=["finished_at"])
            figures.keep([run], now)
