"""What rules have seen of people and given them, added up where it lies, in one statement."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db import connection

from kernel.zone import workspace_zone
from points.services.judging import Standing, note

# Of the journal's rows of a person only those of the rule are looked at; those that grew old are
# added up already, without their day.
STANDINGS = """
SELECT k.rule, k.contact, k.subject, k.day, j.seen + t.seen, j.given + t.given, j.today,
       coalesce(j.same, false) OR coalesce(t.same, false)
FROM unnest(%(rules)s::bigint[], %(contacts)s::bigint[], %(subjects)s::bigint[], %(days)s::date[])
     k(rule, contact, subject, day)
CROSS JOIN LATERAL (
  SELECT count(*) seen, coalesce(sum(abs(a.points)), 0) given,
         coalesce(sum(abs(a.points)) FILTER (
           WHERE (a.occurred_at AT TIME ZONE %(zone)s)::date = k.day), 0) today,
         bool_or(a.points <> 0 AND a.subject_id IS NOT DISTINCT FROM k.subject) same
  FROM point_award a WHERE a.contact_id = k.contact AND a.rule_id = k.rule) j
CROSS JOIN LATERAL (
  SELECT coalesce(sum(p.seen), 0) seen, coalesce(sum(p.given), 0) given,
         bool_or(p.given > 0 AND p.subject_id IS NOT DISTINCT FROM k.subject) same
  FROM point_tally p WHERE p.contact_id = k.contact AND p.rule_id = k.rule) t"""
TALLIED = """
SELECT contact_id, subject_id, seen, given FROM point_tally
WHERE rule_id = %s AND contact_id = ANY(%s::bigint[])"""
# A rule, a contact, what an event is about, and its day.
Asked = tuple[int, int, int | None, date]


def standings(asked: Collection[Asked]) -> dict[tuple[int, int], Standing]:
    """Return, by rule and contact, what judging such events needs to know."""
    found: dict[tuple[int, int], Standing] = defaultdict(Standing)
    rows = sorted(set(asked), key=str)
    if not rows:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            STANDINGS,
            {
                "rules": [row[0] for row in rows],
                "contacts": [row[1] for row in rows],
                "subjects": [row[2] for row in rows],
                "days": [row[3] for row in rows],
                "zone": str(workspace_zone()),
            },
        )
        for rule, contact, subject, day, seen, given, today, same in cursor.fetchall():
            standing = found[rule, contact]
            standing.seen, standing.total, standing.days[day] = int(seen), int(given), int(today)
            standing.subjects |= {subject} if same else set()
    return found


def tallied(rule: int, contacts: Sequence[int]) -> dict[int, Standing]:
    """Return what stands of people since before the journal, of strangers nothing."""
    found: dict[int, Standing] = defaultdict(Standing)
    with connection.cursor() as cursor:
        cursor.execute(TALLIED, [rule, list(contacts)])
        for contact, subject, seen, given in cursor.fetchall():
            standing = found[contact]
            standing.seen += seen
            if given:
                note(standing, date.min, subject, given)
    return found
