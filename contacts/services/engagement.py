"""How somebody was engaged: opens, clicks and visits, week by week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

WEEKS = 26
LATELY = timedelta(days=30)
# In the order of the bars. What a machine did is left out.
SERIES = ("emails.opened", "emails.clicked", "pages.viewed")
COUNT = """
SELECT date_trunc('week', e.occurred_at AT TIME ZONE %(zone)s)::date, k.key, count(*)
FROM event e JOIN event_type k ON k.id = e.type_id
WHERE e.contact_id = %(contact)s AND e.occurred_at >= %(since)s AND e.occurred_at <= %(now)s
  AND e.type_id IN (SELECT id FROM event_type WHERE key = ANY(%(keys)s))
  AND e.verdict IS DISTINCT FROM 3
GROUP BY 1, 2"""
EARNED = """
SELECT coalesce(sum((e.data ->> 'delta')::int), 0) FROM event e
WHERE e.contact_id = %(contact)s AND e.occurred_at >= %(since)s AND e.occurred_at <= %(now)s
  AND e.type_id IN (SELECT id FROM event_type WHERE key = 'points.adjusted')
  AND NOT e.data ? 'group'"""
SINCE = """
SELECT max(e.occurred_at) FROM event e
WHERE e.contact_id = %(contact)s AND e.occurred_at <= %(now)s
  AND e.type_id IN (SELECT id FROM event_type WHERE key = 'stages.changed')"""


@dataclass(frozen=True)
class Week:
    """One week: its Monday, and how often each of SERIES happened."""

    monday: date
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.counts)


def weeks(contact: int, zone: str, now: datetime) -> list[Week]:
    """Return the last half year, the present week last."""
    since = now - timedelta(weeks=WEEKS)
    values: dict[str, Any] = {"contact": contact, "zone": zone}
    values |= {"since": since, "now": now, "keys": list(SERIES)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        found = {(monday, key): count for monday, key, count in cursor.fetchall()}
        cursor.execute("SELECT date_trunc('week', %s AT TIME ZONE %s)::date", [now, zone])
        last: date = cursor.fetchone()[0]
    mondays = [last - timedelta(weeks=number) for number in reversed(range(WEEKS))]
    return [
        Week(monday, tuple(found.get((monday, key), 0) for key in SERIES)) for monday in mondays
    ]


def earned(contact: int, now: datetime) -> int:
    """Return by how many points somebody went up or down in thirty days."""
    values: dict[str, Any] = {"contact": contact, "since": now - LATELY, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(EARNED, values)
        return int(cursor.fetchone()[0])


def in_stage_since(contact: int, now: datetime) -> datetime | None:
    """Return when somebody last changed the stage."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"contact": contact, "now": now}
        cursor.execute(SINCE, values)
        found: datetime | None = cursor.fetchone()[0]
        return found
