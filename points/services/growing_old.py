"""The journal of points grows old: rows are added up by rule and person, and deleted.

Nobody's score changes by it. What a rule has seen and given stays known (`point_tally`), so that
its limits hold; what is told from it is as exact as before. Points that are still to expire stay.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from kernel.locks import lock_contacts
from kernel.models import RetentionRun

KEY = "points.awards"
SLICE = 5_000
EVER = datetime.min.replace(tzinfo=UTC)
OLD = "occurred_at < %(before)s AND (expires_at IS NULL OR expired_at IS NOT NULL)"
COUNT = f"SELECT count(*) FROM point_award WHERE {OLD}"  # noqa: S608 - a condition of ours
CANDIDATES = f"""
SELECT rule_id, event_id, contact_id FROM point_award WHERE {OLD}
ORDER BY occurred_at LIMIT %(most)s"""  # noqa: S608 - a condition of ours
# What an event was about matters only to a rule that gives once for each.
ADD_UP = """
WITH gone AS (
  DELETE FROM point_award a USING unnest(%(rules)s::bigint[], %(events)s::bigint[]) w(rule, event)
  WHERE a.rule_id = w.rule AND a.event_id = w.event AND a.contact_id = ANY(%(held)s::bigint[])
    AND a.occurred_at < %(before)s AND (a.expires_at IS NULL OR a.expired_at IS NOT NULL)
  RETURNING a.*),
kept AS (
  INSERT INTO point_tally AS t
    (rule_id, contact_id, group_id, subject_id, seen, times, points, given, expired)
  SELECT g.rule_id, g.contact_id, g.group_id,
         CASE WHEN r.repeat = 'subject' THEN g.subject_id END AS subject, count(*),
         count(*) FILTER (WHERE g.points <> 0), sum(g.points), sum(abs(g.points)),
         coalesce(sum(g.points) FILTER (WHERE g.expired_at IS NOT NULL), 0)
  FROM gone g LEFT JOIN point_rule r ON r.id = g.rule_id GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 3, 4
  ON CONFLICT (contact_id, rule_id, group_id, subject_id) DO UPDATE
  SET seen = t.seen + excluded.seen, times = t.times + excluded.times,
      points = t.points + excluded.points, given = t.given + excluded.given,
      expired = t.expired + excluded.expired)
SELECT count(*) FROM gone"""


def count(before: datetime) -> int:
    """Count the rows that would be added up."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"before": before})
        return int(cursor.fetchone()[0])


def forget(before: datetime, now: datetime) -> int:
    """Add up a slice of them; return how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"before": before, "most": SLICE})
        found = cursor.fetchall()
        if not found:
            return 0
        values: dict[str, Any] = {
            "before": before,
            "rules": [row[0] for row in found],
            "events": [row[1] for row in found],
            "held": lock_contacts(row[2] for row in found),
        }
        cursor.execute(ADD_UP, values)
        return int(cursor.fetchone()[0])


def horizon() -> datetime:
    """Return the instant before which rows may have gone, whatever is set today."""
    runs = RetentionRun.objects.filter(key=KEY, dry=False)
    found: datetime | None = runs.aggregate(before=Max("before"))["before"]
    return found or EVER
