"""Judges an event anew, and makes good what the first verdict set going.

The event changes its verdict, a row beside it keeps the former one, and an event of its own tells
everybody else: summaries, points and segments follow it in the order of the contact's lane.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from kernel import events
from kernel.events import MACHINE, Fact, event_types, kind_of, type_id
from tracking.services import verdicts
from tracking.services.verdicts import Judgement

CORRECTED = "events.corrected"

# Each event once, whoever corrects it at the same time.
CHANGE = """
WITH wanted AS MATERIALIZED (
  SELECT e.id, e.occurred_at, e.retention, e.verdict was FROM event e
  JOIN unnest(%(ids)s::bigint[], %(times)s::timestamptz[]) w(id, at)
    ON e.id = w.id AND e.occurred_at = w.at
  WHERE e.occurred_at >= %(first)s AND e.occurred_at <= %(last)s
    AND e.verdict IS DISTINCT FROM %(verdict)s
  ORDER BY e.id FOR UPDATE OF e)
UPDATE event e SET verdict = %(verdict)s FROM wanted w
WHERE e.id = w.id AND e.occurred_at = w.occurred_at AND e.retention = w.retention
RETURNING e.id, e.contact_id, (SELECT key FROM event_type t WHERE t.id = e.type_id),
          e.subject_id, e.occurred_at, w.was"""

TOLD = """
SELECT e.contact_id, t.id, (e.data ->> 'occurred_at')::timestamptz, (e.data ->> 'change')::int,
       t.key
FROM event e JOIN event_type t ON t.key = e.data ->> 'type'
WHERE e.id = ANY(%s) AND e.type_id = %s AND e.occurred_at >= %s AND e.occurred_at <= %s"""
SUMMED = """
WITH told AS (
  SELECT contact, type, sum(change)::int change, array_agg(at) ats, min(at) lo, max(at) hi
  FROM unnest(%(contacts)s::bigint[], %(types)s::smallint[], %(ats)s::timestamptz[],
              %(changes)s::int[]) t(contact, type, at, change) GROUP BY contact, type)"""
# Where a first or last is gone, the next one lies between the two that are known.
SPAN = f"""{SUMMED}
SELECT min(least(a.first_at, lo)), max(greatest(a.last_at, hi))
FROM told LEFT JOIN contact_activity a ON a.contact_id = contact AND a.type_id = type
WHERE a.contact_id IS NULL OR a.first_at = ANY(ats) OR a.last_at = ANY(ats)"""  # noqa: S608
# A first or last that is gone is looked for in the log; what is older than the log stays as it was.
FOLD = f"""{SUMMED},
found AS (
  SELECT told.*, l.lowest, l.highest FROM told, LATERAL (
    SELECT min(e.occurred_at) lowest, max(e.occurred_at) highest FROM event e
    WHERE e.contact_id = told.contact AND e.type_id = told.type
      AND e.retention = ANY(%(classes)s::smallint[])
      AND e.occurred_at >= %(since)s AND e.occurred_at <= %(until)s
      AND e.verdict IS DISTINCT FROM {MACHINE}) l)
INSERT INTO contact_activity AS a (contact_id, type_id, count, first_at, last_at)
SELECT contact, type, greatest(change, 0), coalesce(lowest, lo), coalesce(highest, hi)
FROM found ORDER BY contact, type
ON CONFLICT (contact_id, type_id) DO UPDATE SET
  count = greatest(a.count + (SELECT change FROM found f
                              WHERE f.contact = a.contact_id AND f.type = a.type_id), 0),
  first_at = CASE WHEN a.first_at = ANY (SELECT unnest(ats) FROM found f
                    WHERE f.contact = a.contact_id AND f.type = a.type_id)
             THEN excluded.first_at ELSE least(a.first_at, excluded.first_at) END,
  last_at = CASE WHEN a.last_at = ANY (SELECT unnest(ats) FROM found f
                   WHERE f.contact = a.contact_id AND f.type = a.type_id)
            THEN excluded.last_at ELSE greatest(a.last_at, excluded.last_at) END"""  # noqa: S608
# Whose last activity this was falls back to the latest that is left.
RELAX = """
WITH told AS (SELECT DISTINCT unnest(%(contacts)s::bigint[]) contact),
held AS (
  SELECT s.contact_id,
         (SELECT max(a.last_at) FROM contact_activity a
          WHERE a.contact_id = s.contact_id AND a.type_id <> ALL(%(passive)s)) latest
  FROM contact_state s JOIN told ON told.contact = s.contact_id
  WHERE s.last_active_at = ANY(%(ats)s::timestamptz[])
  ORDER BY s.contact_id FOR NO KEY UPDATE OF s)
UPDATE contact_state s SET last_active_at = held.latest FROM held
WHERE s.contact_id = held.contact_id"""


class Changed(NamedTuple):
    """An event whose verdict was changed."""

    event: int
    contact: int
    type: str
    subject: int | None
    occurred_at: datetime
    was: int | None


def correct(
    wanted: Sequence[tuple[int, datetime]], verdict: int, reasons: Sequence[str], now: datetime
) -> list[Changed]:
    """Give events another verdict, in the caller's transaction; return those that had not got it.

    Who sent the message keeps figures of its own and puts them right by what is returned.
    """
    if not wanted:
        return []
    times = [at for _event, at in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGE,
            {
                "ids": [event for event, _at in wanted],
                "times": times,
                "first": min(times),
                "last": max(times),
                "verdict": verdict,
            },
        )
        changed = [Changed(*row) for row in cursor.fetchall()]
    verdicts.note([Judgement(row.event, verdict, reasons, row.was) for row in changed], now)
    for key in sorted({row.type for row in changed}):
        facts = [_fact(row, verdict, reasons, now) for row in changed if row.type == key]
        events.record(CORRECTED, facts, now=now, reads=[f"event:{key}"])
    return changed


def _fact(row: Changed, verdict: int, reasons: Sequence[str], now: datetime) -> Fact:
    change = (row.was == MACHINE) - (verdict == MACHINE)
    data = {
        "event": str(row.event),
        "type": row.type,
        "occurred_at": row.occurred_at.isoformat(),
        "verdict": verdict,
        "was": row.was,
        "reasons": list(reasons),
        # What it changes in every count: -1 for a person's that was a machine's.
        "change": change,
    }
    if row.subject is not None:
        data["subject"] = {"type": kind_of(row.type).subject, "id": str(row.subject)}
    return Fact(row.contact, now, subject=row.event, data=data)


def compensate(told: Sequence[tuple[int, datetime]]) -> None:
    """Put the summaries right for these corrections, each an event and its instant."""
    times = [at for _event, at in told]
    with connection.cursor() as cursor:
        ids = [event for event, _at in told]
        cursor.execute(TOLD, [ids, type_id(CORRECTED), min(times), max(times)])
        rows = [row for row in cursor.fetchall() if row[3]]
    if not rows:
        return
    contacts, types, ats, counts, keys = (list(column) for column in zip(*rows, strict=True))
    values = {"contacts": contacts, "types": types, "ats": ats, "changes": counts}
    with connection.cursor() as cursor:
        cursor.execute(SPAN, values)
        since, until = cursor.fetchone()
        classes = sorted({kind_of(key).retention for key in keys})
        cursor.execute(FOLD, {**values, "classes": classes, "since": since, "until": until})
        cursor.execute(
            "DELETE FROM contact_activity WHERE count = 0 AND contact_id = ANY(%s)", [contacts]
        )
        passive = [type_id(kind.key) for kind in event_types if not kind.active]
        cursor.execute(RELAX, {**values, "passive": passive})
