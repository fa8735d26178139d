"""Writes the ledger rows of a run, ten thousand contacts at a time, and closes cancelled ones.

Each slice is one transaction that also saves how far the run has come, so that a killed worker's
successor goes on there. The run's row, locked, is the proof that nobody else prepares it.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from contacts.services import numbers
from sms.models import State, Text, TextDelivery, TextRun
from sms.services import runs

S = TextRun.State
SLICE = 10_000

CHOSEN = """
SELECT DISTINCT m.contact_id FROM member m
WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2 AND m.contact_id > %(after)s
  AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                  AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
ORDER BY m.contact_id LIMIT %(slice)s"""

# The first contact with a number gets the text, the others are listed as its doubles.
PREPARE = f"""
WITH chosen AS MATERIALIZED ({CHOSEN}),
people AS MATERIALIZED (
  SELECT chosen.contact_id, c.id, c.mobile, {{dialled}} AS number FROM chosen
  LEFT JOIN contact c ON c.id = chosen.contact_id),
fresh AS (
  SELECT p.*, CASE
    WHEN p.id IS NULL THEN 'contact_gone'
    WHEN coalesce(btrim(p.mobile), '') = '' THEN 'no_address'
    WHEN p.number IS NULL THEN 'invalid_address'
    WHEN row_number() OVER (PARTITION BY p.number ORDER BY p.contact_id) > 1
      OR EXISTS (SELECT 1 FROM sms_delivery o WHERE o.run_id = %(run)s AND o.number = p.number
                 AND o.state <> 6) THEN 'duplicate_address' END reason
  FROM people p
  WHERE NOT EXISTS (
    SELECT 1 FROM sms_delivery o WHERE o.run_id = ANY(%(earlier)s) AND o.number = p.number
      AND o.state NOT IN (6, 7))),
written AS (
  INSERT INTO sms_delivery (sms_id, run_id, contact_id, number, due_at, created_at, state, reason,
                            transactional, cause)
  SELECT %(sms)s, %(run)s, contact_id, number, %(now)s, %(now)s,
         CASE WHEN reason IS NULL THEN 0 ELSE 6 END, reason, %(transactional)s, %(cause)s
  FROM fresh ORDER BY contact_id ON CONFLICT DO NOTHING)
SELECT max(contact_id), count(*) FROM chosen"""  # noqa: S608 - expressions of ours

CLOSE = """
UPDATE sms_delivery SET state = 7, fence = fence + 1 WHERE id IN (
  SELECT id FROM sms_delivery WHERE run_id = %s AND state = 0 AND transactional = ANY('{t,f}')
  ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)"""


def due(now: datetime) -> bool:
    """Say whether a run waits to be prepared or closed."""
    return _unfinished(now).exists() or bool(runs.over())


def work(now: datetime) -> bool:
    """Prepare or close one slice of one run; say whether there is more."""
    with transaction.atomic():
        run = (
            _unfinished(now)
            .select_related("sms")
            .order_by("at")
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .first()
        )
        if run is None:
            return any(runs.finish(number, now) for number in runs.over())
        if run.state == S.CANCELLED:
            _close(run, now)
        else:
            _prepare(run, run.sms, now)
    return True


def _unfinished(now: datetime) -> QuerySet[TextRun]:
    # What a worker holds may come back, so a cancelled run is closed after that.
    held = TextDelivery.objects.filter(
        run_id=OuterRef("pk"), state__in=[State.CLAIMED, State.SENDING], lease_until__isnull=False
    )
    rows = TextRun.objects.filter(finished_at=None)
    waiting = rows.filter(state__in=[S.QUEUED, S.PREPARING], at__lte=now)
    return waiting | rows.filter(~Exists(held), state=S.CANCELLED)


def _prepare(run: TextRun, text: Text, now: datetime) -> None:
    earlier = text.runs.exclude(pk=run.pk).values_list("pk", flat=True) if run.new_only else []
    values: dict[str, Any] = {
        "included": list(text.segments.values_list("pk", flat=True)),
        "excluded": list(text.excluded_segments.values_list("pk", flat=True)),
        "after": run.prepared_to,
        "slice": SLICE,
        "run": run.pk,
        "earlier": list(earlier),
        "sms": text.pk,
        "now": now,
        "transactional": text.is_transactional,
        "cause": f"broadcast:{run.pk}",
    }
    with connection.cursor() as cursor:
        cursor.execute(PREPARE.replace("{dialled}", numbers.dialled()), values)
        last, count = cursor.fetchone()
    run.started_at = run.started_at or now
    run.prepared_to = last or run.prepared_to
    run.state = S.PREPARING if count == SLICE else S.SENDING
    run.counts = {**run.counts, "selected": run.counts.get("selected", 0) + count}
    run.save(update_fields=["started_at", "prepared_to", "state", "counts"])
    if run.state == S.SENDING and run.prepared_to:
        # State changes faster than the usual ANALYZE; a stale plan reads the whole ledger.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE sms_delivery")
    if run.state == S.SENDING:
        # Nobody was chosen, or everybody was left out: no text will come to close the run.
        runs.finish(run.pk, now)


def _close(run: TextRun, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [run.pk, SLICE])
        if cursor.rowcount < SLICE:
            run.finished_at = now
            run.save(update_fields=["finished_at"])
