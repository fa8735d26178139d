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
from emails.models import Email
from emails.services.recipients import JOINS, KEY, REASON, policy

# Before it is published one may look, too.
WOULD = REASON.replace("e.state IS DISTINCT FROM 'published'", "e.id IS NULL")
# As the run prepares them: whoever an earlier run has reached is no recipient of a later one.
# Doubles are judged among everybody; then those are counted who are seen.
JUDGE = f"""{CHOSEN},
people AS MATERIALIZED (
  SELECT chosen.contact_id, c.email_key, {KEY} recipient, {{seen}} AS is_seen FROM chosen
  LEFT JOIN contact c ON c.id = chosen.contact_id),
fresh AS MATERIALIZED (
  SELECT contact_id, email_key, is_seen,
         row_number() OVER (PARTITION BY email_key ORDER BY contact_id) place
  FROM people p WHERE NOT EXISTS (
    SELECT 1 FROM delivery o WHERE o.run_id = ANY(%(earlier)s) AND o.recipient = p.recipient
      AND o.state NOT IN (6, 7))),
judged AS (
  SELECT CASE WHEN f.email_key IS NOT NULL AND f.place > 1 THEN 'duplicate_address'
              ELSE {WOULD} END reason
  FROM (SELECT contact_id, email_key, place, %(email)s::bigint email_id,
               %(transactional)s::boolean transactional FROM fresh WHERE is_seen) d
  JOIN fresh f ON f.contact_id = d.contact_id {JOINS})
SELECT reason, count(*) FROM judged GROUP BY reason"""  # noqa: S608 - fragments of ours
# Ends with the first of them.
SOMEBODY = f"""
SELECT EXISTS (
  SELECT 1 FROM member m LEFT JOIN contact c ON c.id = m.contact_id
  WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2
    AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
    AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.run_id = ANY(%(earlier)s)
                    AND o.recipient = {KEY} AND o.state NOT IN (6, 7)))"""  # noqa: S608 - fragments of ours


def of(email: Email, seen: Seen = EVERYBODY) -> Audience:
    """Judge the people the segments name."""
    condition, values = seen
    asked = _asked(email)
    rules = policy(few(asked) or [], transactional=email.is_transactional)
    included, chosen = totals(asked, seen)
    with connection.cursor() as cursor:
        statement = JUDGE.replace("{seen}", f"({condition})")
        cursor.execute(statement, {**asked, **values, **rules})
        return judged(included, chosen, dict(cursor.fetchall()))


def is_empty(email: Email) -> bool:
    """Say whether a run begun now would find nobody whom none has reached before."""
    with connection.cursor() as cursor:
        cursor.execute(SOMEBODY, _asked(email))
        return not cursor.fetchone()[0]


def _asked(email: Email) -> dict[str, Any]:
    return {
        **named(email),
        "earlier": list(email.sends.values_list("pk", flat=True)),
        "email": email.pk,
        "transactional": email.is_transactional,
    }
