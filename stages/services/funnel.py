"""The funnel: how far people came in a time, counted forward only, and how long they stayed.

Read from the log of changes of stage: who comes to a stage has passed all before it, and who falls
back still came as far as they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kernel.events import MACHINE, event_types, kind_of, type_id
from stages.models import Stage

CHANGED, VIEWED = "stages.changed", "pages.viewed"
# How far each came in the time; those who only visited came to 0, in front of all stages.
REACHED = """
reached AS MATERIALIZED (
  SELECT contact_id, max(place) AS place FROM (
    SELECT e.contact_id, o.place FROM event e
    JOIN unnest(%(stages)s::bigint[]) WITH ORDINALITY o(id, place) ON o.id = e.subject_id
    WHERE e.type_id = %(changed)s AND e.retention = %(kept)s
      AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s AND e.contact_id > 0
    UNION ALL
    SELECT DISTINCT e.contact_id, 0 FROM event e
    WHERE e.type_id = %(viewed)s AND e.retention = %(seen)s
      AND e.verdict IS DISTINCT FROM %(machine)s
      AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s AND e.contact_id > 0) m
  WHERE %(owner)s::bigint IS NULL OR EXISTS (
    SELECT 1 FROM contact c WHERE c.id = m.contact_id AND c.owner_id = %(owner)s)
  GROUP BY contact_id)"""
COUNT = f"WITH {REACHED} SELECT place, count(*) FROM reached GROUP BY place"  # noqa: S608 - constants
# From the arrival at a stage to the next change; who is still there is not counted.
STAYED = """
WITH moves AS (
  SELECT e.contact_id, e.subject_id, e.occurred_at,
    lead(e.occurred_at) OVER (PARTITION BY e.contact_id ORDER BY e.occurred_at, e.id) AS left_at
  FROM event e WHERE e.type_id = %(changed)s AND e.retention = %(kept)s
    AND e.occurred_at >= %(since)s AND e.contact_id > 0
    AND (%(owner)s::bigint IS NULL OR EXISTS (
      SELECT 1 FROM contact c WHERE c.id = e.contact_id AND c.owner_id = %(owner)s)))
SELECT subject_id,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM left_at - occurred_at))
FROM moves WHERE left_at IS NOT NULL AND occurred_at < %(until)s GROUP BY subject_id"""
PEOPLE = f"""
WITH {REACHED}
SELECT contact_id FROM reached WHERE place >= %(place)s AND contact_id > %(after)s
ORDER BY contact_id LIMIT %(limit)s"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Period:
    """A time, its end not included, and whose contacts alone are counted; None: everybody's."""

    since: datetime
    until: datetime
    owner: int | None = None


@dataclass(frozen=True)
class Bar:
    """One bar: who came at least so far. `stage` is none for visitors."""

    stage: Stage | None
    people: int
    # Of the bar before; none of the first, or where nobody came so far.
    rate: float | None
    median: timedelta | None


def funnel(period: Period) -> list[Bar]:
    """Return the bars, visitors first, then the stages by weight."""
    stages = ordered()
    values = _values(period, stages)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        ended: dict[int, int] = dict(cursor.fetchall())
        cursor.execute(STAYED, values)
        stayed = {row[0]: timedelta(seconds=float(row[1])) for row in cursor.fetchall()}
    bars: list[Bar] = []
    for place, stage in enumerate([None, *stages]):
        people = sum(count for far, count in ended.items() if far >= place)
        before = bars[-1].people if bars else 0
        median = stayed.get(stage.pk) if stage else None
        bars.append(Bar(stage, people, people / before if before else None, median))
    return bars


def people(period: Period, place: int, *, after: int = 0, limit: int = 100) -> list[int]:
    """Return who stands behind a bar, ascending from beyond an id; place 0 is visitors."""
    values = {**_values(period, ordered()), "place": place, "after": after, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, values)
        return [row[0] for row in cursor.fetchall()]


def ordered() -> list[Stage]:
    """Return the stages in the order people go through them."""
    return list(Stage.objects.order_by("weight", "pk"))


def _values(period: Period, stages: Sequence[Stage]) -> dict[str, Any]:
    visits = event_types.get(VIEWED)
    return {
        "stages": [stage.pk for stage in stages],
        "changed": type_id(CHANGED),
        "kept": kind_of(CHANGED).retention,
        "viewed": type_id(VIEWED) if visits else 0,
        "seen": visits.retention if visits else 0,
        "machine": MACHINE,
        "since": period.since,
        "until": period.until,
        "owner": period.owner,
    }
