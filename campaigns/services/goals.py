"""Goals: whoever reaches one is taken there, wherever on the way; each goal once a way.

The dispatcher tells what happens to those on their way. Who enters is looked at in the same
transaction, so that nobody walks who is there already, and again when the dispatcher tells of the
entry: what was committed between is found then.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from campaigns.graph import decisions
from campaigns.graph.plan import Node, Plan
from campaigns.models import Source
from campaigns.services.arrays import numbers
from campaigns.services.taking import Reached, take
from kernel import filters
from kernel.events import MACHINE, kind_of, type_id


class Way(NamedTuple):
    """A visit under way."""

    visit: int
    contact: int
    entered_at: datetime
    source: int
    edition: int


WAYS = """
SELECT id, contact_id, entered_at, source, edition FROM visit
WHERE contact_id = ANY(%s::bigint[]) AND campaign_id = %s AND left_at IS NULL ORDER BY id"""
# The event that brought somebody in is no goal, though it may carry the instant of the entry.
HAPPENED = """
SELECT DISTINCT ON (k.visit) k.visit, e.id, e.occurred_at
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::boolean[])
     k(visit, contact, entered, brought)
JOIN event e ON e.contact_id = k.contact AND e.occurred_at >= k.entered
            AND NOT (k.brought AND e.occurred_at = k.entered)
WHERE e.type_id = %s AND e.retention = %s AND e.verdict IS DISTINCT FROM %s
  AND e.occurred_at >= %s AND {where}
ORDER BY k.visit, e.occurred_at, e.id"""


def seek(
    plan: Plan,
    contacts: Iterable[int],
    now: datetime,
    *,
    goals: Sequence[Node] | None = None,
    depth: int = 0,
) -> int:
    """Take whoever of these has reached a goal to it; return how many.

    The caller holds the plan by `running`.
    """
    wanted = plan.goals if goals is None else goals
    ways = ways_of(plan, contacts) if wanted else []
    return sum(take(plan, node, met(node, ways, now), now, depth=depth) for node in wanted)


def ways_of(plan: Plan, contacts: Iterable[int]) -> list[Way]:
    """Return the ways of these contacts through the campaign."""
    with connection.cursor() as cursor:
        cursor.execute(WAYS, [numbers(sorted(set(contacts))), plan.campaign])
        return [Way(*row) for row in cursor.fetchall()]


def met(node: Node, ways: Sequence[Way], now: datetime) -> Reached:
    """Return the visits that have reached a goal, each with the event that did it.

    A goal of a version is one for those that go on in it.
    """
    ways = [way for way in ways if way.edition == node.edition]
    if not ways:
        return {}
    if node.key:
        return _happened(node, ways)
    true = filters.matching(node.config["filter"], [way.contact for way in ways], now)
    return {way.visit: (None, None) for way in ways if way.contact in true}


def _happened(node: Node, ways: Sequence[Way]) -> Reached:
    where, values = decisions.where_sql(node.key, node.where)
    with connection.cursor() as cursor:
        cursor.execute(
            HAPPENED.format(where=where),
            [
                numbers([way.visit for way in ways]),
                numbers([way.contact for way in ways]),
                [way.entered_at for way in ways],
                [way.source == Source.EVENT for way in ways],
                type_id(node.key),
                kind_of(node.key).retention,
                MACHINE,
                min(way.entered_at for way in ways),
                *values,
            ],
        )
        return {visit: (event, at) for visit, event, at in cursor.fetchall()}
