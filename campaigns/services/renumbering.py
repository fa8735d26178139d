"""Taking ways out of an older version: their steps, done and to do, get the new one's numbers.

What a way has done is moved with it, so that no step runs again that ran before the move.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from campaigns.graph.plan import Plan
from campaigns.models import CampaignNode
from campaigns.services import figures
from campaigns.services.arrays import numbers
from campaigns.services.planning import by_index

PAIRS = """
SELECT old.id, new.id FROM campaign_node old
JOIN campaign_node new USING (campaign_id, name)
WHERE old.campaign_id = %s AND old.edition = %s AND new.edition = %s AND name <> 'start'"""
_WHERE = """
FROM unnest(%(visits)s::bigint[]) v(id), unnest(%(olds)s::int[], %(news)s::int[]) k(old, new)
WHERE t.visit_id = v.id AND t.node_id = k.old"""
# An answer told meanwhile under the old number was heard by nobody: decisions look back anew.
LIVE = f"""
WITH moved AS (
  UPDATE step t SET node_id = k.new,
    state = CASE WHEN t.state = 2 AND t.wait_type IS NOT NULL THEN 1 ELSE t.state END
  {_WHERE} RETURNING k.old, k.new, t.state = 3 AS parked)
SELECT old, new, count(*) FILTER (WHERE NOT parked), 0, 0, 0, 0, count(*) FILTER (WHERE parked)
FROM moved GROUP BY old, new"""  # noqa: S608 - ours
DONE = f"""
WITH moved AS (
  UPDATE step_log t SET node_id = k.new {_WHERE} RETURNING k.old, k.new, t.outcome)
SELECT old, new, 0, count(*), count(*) FILTER (WHERE outcome = 2),
       count(*) FILTER (WHERE outcome = 3), count(*) FILTER (WHERE outcome = 4), 0
FROM moved GROUP BY old, new"""  # noqa: S608 - ours
VISITS = "UPDATE visit SET edition = %s WHERE id = ANY(%s::bigint[])"


def node_numbers(plan: Plan, name: str) -> list[int]:
    """Return the number a step has in the edition of a plan, drawn in it or not."""
    rows = CampaignNode.objects.filter(campaign=plan.campaign, edition=plan.edition, name=name)
    return list(rows.values_list("id", flat=True))


def renumber(before: Plan, plan: Plan, visits: Sequence[int], now: datetime) -> None:
    """Give the steps of these visits, which the caller holds, the numbers of another edition.

    Of a step, whatever its number, nothing changes by day and version.
    """
    with by_index(), connection.cursor() as cursor:
        cursor.execute(PAIRS, [plan.campaign, before.edition, plan.edition])
        pairs = cursor.fetchall()
        values = {
            "visits": numbers(visits),
            "olds": numbers([old for old, _new in pairs]),
            "news": numbers([new for _old, new in pairs]),
        }
        differences: dict[int, Counter[str]] = defaultdict(Counter)
        for statement in (LIVE, DONE):
            cursor.execute(statement, values)
            for old, new, *counts in cursor.fetchall():
                changed = dict(zip(figures.NAMES, counts, strict=True))
                differences[new].update(changed)
                differences[old].subtract(changed)
        tally = figures.Tally(now)
        for node, counted in differences.items():
            tally.add(node, figures.NO_VERSION, **counted)
        tally.write()
        cursor.execute(VISITS, [plan.edition, list(visits)])
