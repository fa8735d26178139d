"""Add points to contacts, or take them away, in one statement: to the total, or in a group."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from kernel import events
from kernel.documents import dumps
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions
from points.models import PointGroup, PointRule, Score

# A score stops at the ends of what the column holds instead of failing the batch.
CLAMPED = "least(greatest({}, -2147483648), 2147483647)::int"
TOTAL = f"""
UPDATE contact_state SET points = {CLAMPED.format("points::bigint + w.delta")}
FROM wanted w WHERE contact_id = w.contact
RETURNING contact_id, points, w.delta"""  # noqa: S608 - a statement of ours
GROUP = f"""
INSERT INTO point_score AS s (group_id, contact_id, points)
SELECT %(group)s, c.id, {CLAMPED.format("w.delta")} FROM wanted w JOIN contact c ON c.id = w.contact
WHERE EXISTS (SELECT 1 FROM point_group g WHERE g.id = %(group)s)
ORDER BY c.id
ON CONFLICT (group_id, contact_id) DO UPDATE
SET points = {CLAMPED.format("s.points::bigint + excluded.points")}
RETURNING contact_id, points,
  (SELECT w.delta FROM wanted w WHERE w.contact = contact_id) delta"""  # noqa: S608 - a statement of ours
ADJUST = f"""
WITH wanted AS MATERIALIZED (
  SELECT contact, delta
  FROM unnest(%(contacts)s::bigint[], %(deltas)s::bigint[]) w(contact, delta)),
adjusted AS ({{what}}),
fresh AS (
  SELECT contact_id, NULL::bigint subject_id, %(at)s occurred_at, NULL::smallint verdict,
         jsonb_build_object('delta', delta, 'points', points) || %(why)s::jsonb data
  FROM adjusted ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - a statement of ours


def read_of(group: int | None) -> str:
    """Return the name under which a change of a score is announced."""
    return "state:points" if group is None else f"score:{group}"


def adjust(
    contacts: Sequence[int], delta: int, now: datetime, *, depth: int = 0, bulk: bool = False
) -> int:
    """Change the total of contacts by as much and record it; return how many there were."""
    return give(dict.fromkeys(contacts, delta), now, depth=depth, bulk=bulk)


def give(
    deltas: Mapping[int, int],
    now: datetime,
    *,
    group: int | None = None,
    why: Mapping[str, str] | None = None,
    depth: int = 0,
    bulk: bool = False,
) -> int:
    """Change points, each contact's by its own; return how many contacts there were.

    `why` stands in the events beside the difference: the `rule`, and the `reason`; names too, so
    that they can be told when the rule is gone. A group that is gone gets nothing.
    """
    if not deltas:
        return 0
    ensure_partitions({now})
    lock_contacts(deltas)
    contacts = sorted(deltas)
    told = {**(why or {}), **_of_group(group)}
    reads = [read_of(group)]
    with connection.cursor() as cursor:
        cursor.execute(
            ADJUST.format(what=TOTAL if group is None else GROUP),
            {
                **events.parameters(
                    "points.adjusted", now=now, depth=depth, bulk=bulk, reads=reads
                ),
                "contacts": _array(contacts),
                "deltas": _array([deltas[contact] for contact in contacts]),
                "group": group,
                "why": dumps(told),
            },
        )
        return int(cursor.fetchone()[0])


def scores_of(contact: int) -> dict[int, int]:
    """Return a contact's points by group, of the groups they have any in."""
    rows = Score.objects.filter(contact_id=contact).exclude(points=0)
    return dict(rows.values_list("group_id", "points"))


def by_rule(number: int, reason: str = "") -> dict[str, str]:
    """Return what events tell of the rule that led to them, and the reason, if another."""
    name = PointRule.objects.filter(pk=number).values_list("name", flat=True).first()
    told = {"rule": str(number), "rule_name": name or f"#{number}"}
    return {**told, "reason": reason} if reason else told


def _of_group(group: int | None) -> dict[str, str]:
    if group is None:
        return {}
    name = PointGroup.objects.filter(pk=group).values_list("name", flat=True).first()
    return {"group": str(group), "group_name": name or f"#{group}"}


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
