"""Writes the ledger rows of a run, ten thousand contacts at a time, and closes cancelled ones.

Each slice is one transaction that also saves how far the run has come, so that a killed worker's
successor goes on there. The run's row, locked, is the proof that nobody else prepares it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from contacts.services import numbers
from kernel import preferences
from sms.models import Reason, State, Text, TextDelivery, TextRun
from sms.services import figures, recipients, runs
from sms.services.recipients import NEW

S = TextRun.State
SLICE = 10_000

CHOSEN = """
SELECT DISTINCT m.contact_id FROM member m
WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2 AND m.contact_id > %(after)s
  AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                  AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
ORDER BY m.contact_id LIMIT %(slice)s"""

PEOPLE = f"""
WITH chosen AS MATERIALIZED ({CHOSEN})
SELECT chosen.contact_id, c.id IS NOT NULL, c.mobile FROM chosen
LEFT JOIN contact c ON c.id = chosen.contact_id ORDER BY chosen.contact_id"""  # noqa: S608 - ours
# The first contact with a number gets the text, the others are listed as its doubles.
PREPARE = f"""
WITH people AS (
  SELECT * FROM unnest(%(contacts)s::bigint[], %(numbers)s::text[], %(reasons)s::text[])
         p(contact_id, number, reason)),
fresh AS (
  SELECT p.contact_id, p.number, coalesce(p.reason, CASE
    WHEN row_number() OVER (PARTITION BY p.number ORDER BY p.contact_id) > 1
      OR EXISTS (SELECT 1 FROM sms_delivery o WHERE o.run_id = %(run)s AND o.number = p.number
                 AND o.state <> 6) THEN 'duplicate_address' END) reason
  FROM people p
  WHERE {NEW.format(number="p.number", contact="p.contact_id")})
INSERT INTO sms_delivery (sms_id, run_id, contact_id, number, due_at, created_at, state, reason,
                          transactional, cause)
SELECT %(sms)s, %(run)s, contact_id, number, %(now)s, %(now)s,
       CASE WHEN reason IS NULL THEN 0 ELSE 6 END, reason, %(transactional)s, %(cause)s
FROM fresh ORDER BY contact_id ON CONFLICT DO NOTHING"""  # noqa: S608 - a constant

CLOSE = """
UPDATE sms_delivery SET state = 7, fence = fence + 1 WHERE id IN (
  SELECT id FROM sms_delivery WHERE run_id = %s AND state = 0 AND transactional = ANY('{t,f}')
  ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)"""


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
        "sms": text.pk,
        "now": now,
        "transactional": text.is_transactional,
        "cause": f"broadcast:{run.pk}",
        **recipients.earlier(list(earlier)),
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, values)
        people = cursor.fetchall()
        if people:
            cursor.execute(PREPARE, values | _numbers(people))
    last, count = people[-1][0] if people else None, len(people)
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


def _numbers(people: Sequence[tuple[int, bool, str | None]]) -> dict[str, list[Any]]:
    """Return contacts, their numbers as they are dialled, and why somebody has none."""
    region = preferences.get("contacts.phone_region")
    dialled = [numbers.dial(mobile, region) for _contact, _is_there, mobile in people]
    reasons = [
        None if number else _without(is_there=is_there, mobile=mobile)
        for (_contact, is_there, mobile), number in zip(people, dialled, strict=True)
    ]
    return {"contacts": [row[0] for row in people], "numbers": dialled, "reasons": reasons}


def _without(*, is_there: bool, mobile: str | None) -> str:
    if not is_there:
        return Reason.GONE
    return Reason.BAD_ADDRESS if mobile and mobile.strip() else Reason.NO_ADDRESS


def _close(run: TextRun, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [run.pk, SLICE])
        if cursor.rowcount < SLICE:
            run.finished_at = now
            run.save(update_fields=["finished_at"])
            figures.keep(run, now)
