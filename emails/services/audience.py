"""Whom a broadcast would reach if it began now, and why not the others; nothing is written."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from emails.models import Email
from emails.services.recipients import JOINS, KEY, REASON, policy

# Of larger audiences the addresses that are closed by their hash are left to the sending itself.
HASHED_AT_MOST = 20_000
MEMBERS = """
SELECT DISTINCT m.contact_id FROM member m
WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2 {limit}"""
CHOSEN = f"""
WITH included AS MATERIALIZED ({MEMBERS.format(limit="")}),
chosen AS MATERIALIZED (
  SELECT contact_id FROM included i
  WHERE NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = i.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2))"""  # noqa: S608 - fragments of ours
# Before it is published one may look, too.
WOULD = REASON.replace("e.state IS DISTINCT FROM 'published'", "e.id IS NULL")
# As the run prepares them: whoever an earlier run has reached is no recipient of a later one.
JUDGE = f"""{CHOSEN},
people AS MATERIALIZED (
  SELECT chosen.contact_id, c.email_key, {KEY} recipient FROM chosen
  LEFT JOIN contact c ON c.id = chosen.contact_id),
fresh AS MATERIALIZED (
  SELECT contact_id, email_key, row_number() OVER (PARTITION BY email_key ORDER BY contact_id) place
  FROM people p WHERE NOT EXISTS (
    SELECT 1 FROM delivery o WHERE o.run_id = ANY(%(earlier)s) AND o.recipient = p.recipient
      AND o.state NOT IN (6, 7))),
judged AS (
  SELECT CASE WHEN f.email_key IS NOT NULL AND f.place > 1 THEN 'duplicate_address'
              ELSE {WOULD} END reason
  FROM (SELECT contact_id, email_key, place, %(email)s::bigint email_id,
               %(transactional)s::boolean transactional FROM fresh) d
  JOIN fresh f ON f.contact_id = d.contact_id {JOINS})
SELECT (SELECT count(*) FROM included), (SELECT count(*) FROM chosen),
       (SELECT count(*) FROM fresh), reason, count(*) FROM judged GROUP BY reason"""  # noqa: S608 - fragments of ours
EMPTY = f"{CHOSEN} SELECT (SELECT count(*) FROM included), (SELECT count(*) FROM chosen)"  # noqa: S608 - fragments of ours
COUNT = f"{CHOSEN} SELECT count(*) FROM chosen"  # noqa: S608 - fragments of ours


@dataclass(frozen=True)
class Audience:
    """Numbers of people: in the segments, after exclusions, new ones, and what hinders them."""

    included: int
    chosen: int
    # Without those an earlier run has reached.
    fresh: int
    reachable: int
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def excluded(self) -> int:
        """Return how many the excluded segments take away."""
        return self.included - self.chosen

    @property
    def reached_before(self) -> int:
        """Return how many got it by an earlier run."""
        return self.chosen - self.fresh


def of(email: Email) -> Audience:
    """Judge everybody the segments name, in one statement."""
    asked = _asked(email)
    rules = policy(_contacts(asked), transactional=email.is_transactional)
    with connection.cursor() as cursor:
        cursor.execute(JUDGE, {**asked, **rules})
        rows = cursor.fetchall()
        if not rows:
            cursor.execute(EMPTY, asked)
            included, chosen = cursor.fetchone()
            return Audience(included, chosen, 0, 0)
    included, chosen, fresh = rows[0][:3]
    counted = {reason: count for *_totals, reason, count in rows}
    reachable = counted.pop(None, 0)
    ordered = dict(sorted(counted.items(), key=lambda pair: -pair[1]))
    return Audience(included, chosen, fresh, reachable, ordered)


def size(email: Email) -> int:
    """Count whom the segments name, after exclusions."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _asked(email))
        return int(cursor.fetchone()[0])


def _asked(email: Email) -> dict[str, Any]:
    return {
        "included": list(email.segments.values_list("pk", flat=True)),
        "excluded": list(email.excluded_segments.values_list("pk", flat=True)),
        "earlier": list(email.sends.values_list("pk", flat=True)),
        "email": email.pk,
        "transactional": email.is_transactional,
    }


def _contacts(asked: dict[str, Any]) -> list[int]:
    """Return the members whose hashes are looked up; of a large audience none are."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS.format(limit=f"LIMIT {HASHED_AT_MOST + 1}"), asked)
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= HASHED_AT_MOST else []
