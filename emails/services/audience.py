"""Whom a broadcast would reach if it began now, and why not the others; nothing is written.

Who may see only some contacts is told of those alone; it is everybody that a broadcast goes to.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from emails.models import Email
from emails.services.recipients import JOINS, KEY, REASON, policy
from kernel.permissions import Actor, Reach

# SQL over `c` and its values by name: the contacts that are counted.
Seen = tuple[str, dict[str, Any]]
EVERYBODY: Seen = ("true", {})

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
TOTALS = f"""{CHOSEN}
SELECT (SELECT count(*) FROM included i {{of_included}}),
       (SELECT count(*) FROM chosen i {{of_included}})"""  # noqa: S608 - fragments of ours
# Ends with the first of them.
SOMEBODY = f"""
SELECT EXISTS (
  SELECT 1 FROM member m LEFT JOIN contact c ON c.id = m.contact_id
  WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2
    AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
    AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.run_id = ANY(%(earlier)s)
                    AND o.recipient = {KEY} AND o.state NOT IN (6, 7)))"""  # noqa: S608 - fragments of ours


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


def seen_by(user: Actor) -> Seen:
    """Return the contacts a user may see."""
    reach = user.reach("contacts", "view")
    if reach is Reach.ALL:
        return EVERYBODY
    return ("c.owner_id = %(seen_by)s", {"seen_by": user.pk}) if reach else ("false", {})


def of(email: Email, seen: Seen = EVERYBODY) -> Audience:
    """Judge the people the segments name."""
    condition, values = seen
    asked = {**_asked(email), **values}
    rules = policy(_contacts(asked), transactional=email.is_transactional)
    inside = "" if seen == EVERYBODY else f"JOIN contact c ON c.id = i.contact_id AND {condition}"
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(of_included=inside), asked)
        included, chosen = cursor.fetchone()
        cursor.execute(_judging(condition), {**asked, **rules})
        counted: dict[str | None, int] = dict(cursor.fetchall())
    reachable = counted.pop(None, 0)
    fresh = reachable + sum(counted.values())
    reasons = {str(reason): count for reason, count in counted.items()}
    ordered = dict(sorted(reasons.items(), key=lambda pair: -pair[1]))
    return Audience(included, chosen, fresh, reachable, ordered)


def is_empty(email: Email) -> bool:
    """Say whether a run begun now would find nobody whom none has reached before."""
    with connection.cursor() as cursor:
        cursor.execute(SOMEBODY, _asked(email))
        return not cursor.fetchone()[0]


def _judging(seen: str) -> str:
    return JUDGE.replace("{seen}", f"({seen})")


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
