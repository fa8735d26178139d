"""Whom a broadcast would reach if it began now, and why not the others; nothing is written.

Who may see only some contacts is told of those alone; it is everybody that a broadcast goes to.
"""

from typing import Any

from django.db import connection

from channels.services.audiences import (
    CHOSEN,
    EVERYBODY,
    Audience,
    Seen,
    few,
    judged,
    named,
    totals,
)
from contacts.services import numbers
from kernel.filters.questions import within_time
from sms.models import Text
from sms.services.recipients import JOINS, NEW, earlier, policy, reason

PATIENCE_MS = 4_000
# As the run prepares them: whoever an earlier run has reached is no recipient of a later one.
# Doubles are judged among everybody; then those are counted who are seen.
JUDGE = f"""{CHOSEN},
people AS MATERIALIZED (
  SELECT chosen.contact_id, {{dialled}} AS number, {{seen}} AS is_seen FROM chosen
  LEFT JOIN contact c ON c.id = chosen.contact_id),
fresh AS MATERIALIZED (
  SELECT contact_id, number, is_seen,
         row_number() OVER (PARTITION BY number ORDER BY contact_id) place
  FROM people p WHERE {NEW.format(number="p.number", contact="p.contact_id")}),
judged AS (
  SELECT CASE WHEN f.number IS NOT NULL AND f.place > 1 THEN 'duplicate_address'
              ELSE {{would}} END reason
  FROM (SELECT contact_id, number, place, %(sms)s::bigint sms_id,
               %(transactional)s::boolean transactional FROM fresh WHERE is_seen) d
  JOIN fresh f ON f.contact_id = d.contact_id {JOINS})
SELECT reason, count(*) FROM judged GROUP BY reason"""  # noqa: S608 - fragments of ours
# Ends with the first of them.
SOMEBODY = """
SELECT EXISTS (
  SELECT 1 FROM member m LEFT JOIN contact c ON c.id = m.contact_id
  WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2
    AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
    AND {new})"""


class _Slow(Exception):  # noqa: N818 - an answer
    """Judging takes longer than a person waits."""


def of(text: Text, seen: Seen = EVERYBODY) -> Audience:
    """Judge the people the segments name."""
    condition, values = seen
    asked = _asked(text)
    included, chosen = totals(asked, seen)
    statement = _judging(condition, by_hash=few(asked) is not None)
    try:
        with within_time(_Slow, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(statement, {**asked, **values, **policy()})
            return judged(included, chosen, dict(cursor.fetchall()))
    except _Slow:
        return Audience(included, chosen, chosen, chosen, is_rough=True)


def is_empty(text: Text) -> bool:
    """Say whether a run begun now would find nobody whom none has reached before.

    Where that takes too long it is not said: the run finds out by itself, and ends.
    """
    is_new = NEW.format(number=numbers.dialled(), contact="m.contact_id")
    try:
        with within_time(_Slow, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(SOMEBODY.replace("{new}", is_new), _asked(text))
            return not cursor.fetchone()[0]
    except _Slow:
        return False


def _judging(seen: str, *, by_hash: bool) -> str:
    # Before it is published one may look, too.
    would = reason("f.number", by_hash=by_hash).replace(
        "e.state IS DISTINCT FROM 'published'", "e.id IS NULL"
    )
    filled = JUDGE.replace("{seen}", f"({seen})").replace("{would}", would)
    return filled.replace("{dialled}", numbers.dialled())


def _asked(text: Text) -> dict[str, Any]:
    return {
        **named(text),
        **earlier(list(text.runs.values_list("pk", flat=True))),
        "sms": text.pk,
        "transactional": text.is_transactional,
    }
