"""Whom a broadcast would reach if it began now, and why not the others; nothing is written.

Who may see only some contacts is told of those alone; it is everybody that a broadcast goes to.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from contacts.services import numbers
from kernel.filters.questions import within_time
from kernel.permissions import Actor, Reach
from sms.models import Text
from sms.services.recipients import JOINS, REACHED, policy, reason

# SQL over `c` and its values by name: the contacts that are counted.
Seen = tuple[str, dict[str, Any]]
EVERYBODY: Seen = ("true", {})

# Of larger audiences the numbers that are closed by their hash are left to the sending itself.
HASHED_AT_MOST = 20_000
PATIENCE_MS = 4_000
MEMBERS = """
SELECT DISTINCT m.contact_id FROM member m
WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2 {limit}"""
CHOSEN = f"""
WITH included AS MATERIALIZED ({MEMBERS.format(limit="")}),
chosen AS MATERIALIZED (
  SELECT contact_id FROM included i
  WHERE NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = i.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2))"""  # noqa: S608 - fragments of ours
# As the run prepares them: whoever an earlier run has reached is no recipient of a later one.
# Doubles are judged among everybody; then those are counted who are seen.
JUDGE = f"""{CHOSEN},
people AS MATERIALIZED (
  SELECT chosen.contact_id, {{dialled}} AS number, {{seen}} AS is_seen FROM chosen
  LEFT JOIN contact c ON c.id = chosen.contact_id),
fresh AS MATERIALIZED (
  SELECT contact_id, number, is_seen,
         row_number() OVER (PARTITION BY number ORDER BY contact_id) place
  FROM people p WHERE NOT EXISTS (
    SELECT 1 FROM sms_delivery o WHERE o.run_id = ANY(%(earlier)s) AND o.number = p.number
      AND {REACHED})),
judged AS (
  SELECT CASE WHEN f.number IS NOT NULL AND f.place > 1 THEN 'duplicate_address'
              ELSE {{would}} END reason
  FROM (SELECT contact_id, number, place, %(sms)s::bigint sms_id,
               %(transactional)s::boolean transactional FROM fresh WHERE is_seen) d
  JOIN fresh f ON f.contact_id = d.contact_id {JOINS})
SELECT reason, count(*) FROM judged GROUP BY reason"""  # noqa: S608 - fragments of ours
TOTALS = f"""{CHOSEN}
SELECT (SELECT count(*) FROM included i {{of_included}}),
       (SELECT count(*) FROM chosen i {{of_included}})"""  # noqa: S608 - fragments of ours
# Ends with the first of them.
SOMEBODY = """
SELECT EXISTS (
  SELECT 1 FROM member m LEFT JOIN contact c ON c.id = m.contact_id
  WHERE m.segment_id = ANY(%(included)s) AND m.manual <> 2
    AND NOT EXISTS (SELECT 1 FROM member x WHERE x.contact_id = m.contact_id
                    AND x.segment_id = ANY(%(excluded)s) AND x.manual <> 2)
    AND NOT EXISTS (SELECT 1 FROM sms_delivery o WHERE o.run_id = ANY(%(earlier)s)
                    AND o.number = {dialled} AND {reached}))"""


class _Slow(Exception):  # noqa: N818 - an answer
    """Judging takes longer than a person waits."""


@dataclass(frozen=True)
class Audience:
    """Numbers of people: in the segments, after exclusions, new ones, and what hinders them."""

    included: int
    chosen: int
    # Without those an earlier run has reached.
    fresh: int
    reachable: int
    reasons: dict[str, int] = field(default_factory=dict)
    # They are too many to judge each now: `reachable` are those in the segments.
    is_rough: bool = False

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


def of(text: Text, seen: Seen = EVERYBODY) -> Audience:
    """Judge the people the segments name."""
    condition, values = seen
    asked = {**_asked(text), **values}
    rules = policy()
    inside = "" if seen == EVERYBODY else f"JOIN contact c ON c.id = i.contact_id AND {condition}"
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(of_included=inside), asked)
        included, chosen = cursor.fetchone()
    try:
        counted = _judged(_judging(condition, by_hash=_are_few(asked)), {**asked, **rules})
    except _Slow:
        return Audience(included, chosen, chosen, chosen, is_rough=True)
    reachable = counted.pop(None, 0)
    fresh = reachable + sum(counted.values())
    reasons = {str(reason): count for reason, count in counted.items()}
    ordered = dict(sorted(reasons.items(), key=lambda pair: -pair[1]))
    return Audience(included, chosen, fresh, reachable, ordered)


def _judged(statement: str, values: dict[str, Any]) -> dict[str | None, int]:
    with within_time(_Slow, PATIENCE_MS), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(cursor.fetchall())


def _are_few(asked: dict[str, Any]) -> bool:
    """Say whether hashes are looked up; of a large audience they are left to the sending."""
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS.format(limit=f"LIMIT {HASHED_AT_MOST + 1}"), asked)
        return len(cursor.fetchall()) <= HASHED_AT_MOST


def is_empty(text: Text) -> bool:
    """Say whether a run begun now would find nobody whom none has reached before."""
    with connection.cursor() as cursor:
        cursor.execute(
            SOMEBODY.replace("{dialled}", numbers.dialled()).replace("{reached}", REACHED),
            _asked(text),
        )
        return not cursor.fetchone()[0]


def _judging(seen: str, *, by_hash: bool) -> str:
    # Before it is published one may look, too.
    would = reason("f.number", by_hash=by_hash).replace(
        "e.state IS DISTINCT FROM 'published'", "e.id IS NULL"
    )
    filled = JUDGE.replace("{seen}", f"({seen})").replace("{would}", would)
    return filled.replace("{dialled}", numbers.dialled())


def _asked(text: Text) -> dict[str, Any]:
    return {
        "included": list(text.segments.values_list("pk", flat=True)),
        "excluded": list(text.excluded_segments.values_list("pk", flat=True)),
        "earlier": list(text.runs.values_list("pk", flat=True)),
        "sms": text.pk,
        "transactional": text.is_transactional,
    }
