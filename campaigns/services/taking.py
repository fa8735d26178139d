"""Taking people to a goal: their other steps end, the goal's step is due, in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from campaigns.graph.plan import Node, Plan
from campaigns.models import Outcome, StepState
from campaigns.services import figures
from campaigns.services.arrays import numbers
from campaigns.services.leaving import LOCK
from campaigns.services.planning import by_index

# By visit, the event that reached the goal; of a filter there is none.
Reached = Mapping[int, tuple[int | None, datetime | None]]

# A goal is reached once a way, and who passed by it in this pass is not taken back.
ELIGIBLE = f"""
SELECT s.visit_id, min(s.contact_id), max(s.pass) FROM step s
WHERE s.visit_id = ANY(%(visits)s::bigint[])
GROUP BY s.visit_id
HAVING NOT bool_or(s.node_id = %(goal)s AND s.outcome IS NOT DISTINCT FROM {int(Outcome.YES)})
  AND NOT EXISTS (SELECT 1 FROM step_log l WHERE l.node_id = %(goal)s AND l.visit_id = s.visit_id
                  AND (l.outcome = {int(Outcome.YES)} OR l.pass = max(s.pass)))
ORDER BY s.visit_id"""  # noqa: S608 - numbers of ours
# Another goal just reached keeps its step: both count.
CLEAR = f"""
DELETE FROM step WHERE visit_id = ANY(%(visits)s::bigint[])
  AND NOT (node_id = ANY(%(goals)s::int[]) AND outcome IS NOT DISTINCT FROM {int(Outcome.YES)})
  AND (%(kept)s::int IS NULL OR node_id <> %(kept)s)
RETURNING visit_id, node_id, state"""  # noqa: S608 - numbers of ours
TAKE = """
INSERT INTO step (visit_id, contact_id, due_at, arrived_at, since, event_id, event_at,
                  node_id, pass, state, depth, outcome)
SELECT k.visit, k.contact, %(now)s, %(now)s, %(now)s, k.event, k.at, %(goal)s, k.pass, %(state)s,
       %(depth)s, %(outcome)s
FROM unnest(%(visits)s::bigint[], %(contacts)s::bigint[], %(passes)s::smallint[],
            %(events)s::bigint[], %(ats)s::timestamptz[]) k(visit, contact, pass, event, at)"""


def take(plan: Plan, goal: Node, reached: Reached, now: datetime, *, depth: int = 0) -> int:
    """Take these visits to a goal as far as it is still before them; return how many."""
    if not reached:
        return 0
    with by_index(), connection.cursor() as cursor:
        # In a statement of its own: the engine holds the visits it works on.
        cursor.execute(LOCK, [numbers(sorted(reached))])
        held = [row[0] for row in cursor.fetchall()]
        cursor.execute(ELIGIBLE, {"visits": numbers(held), "goal": goal.id})
        rows = cursor.fetchall()
        if not rows:
            return 0
        visits, contacts, passes = (list(column) for column in zip(*rows, strict=True))
        clear(plan, visits, now)
        cursor.execute(
            TAKE,
            {
                "visits": visits,
                "contacts": contacts,
                "passes": passes,
                "events": [reached[visit][0] for visit in visits],
                "ats": [reached[visit][1] for visit in visits],
                "goal": goal.id,
                "state": StepState.DUE,
                "outcome": Outcome.YES,
                "depth": depth,
                "now": now,
            },
        )
    tally = figures.Tally(now)
    for version, count in Counter(figures.versions_of(visits).values()).items():
        tally.add(goal.id, version, waiting=count, came=count)
    tally.write()
    return len(visits)


def clear(plan: Plan, visits: Sequence[int], now: datetime, *, kept: Node | None = None) -> None:
    """End the live steps of these visits, but for goals just reached, and those of `kept`."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLEAR,
            {
                "visits": numbers(visits),
                "goals": [goal.id for goal in plan.goals],
                "kept": kept.id if kept else None,
            },
        )
        gone = cursor.fetchall()
    figures.lift([(visit, node, state == StepState.PARKED) for visit, node, state in gone], now)
