"""Add points to contacts, or take them away, in one statement: to the total, or in a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from kernel import events, preferences
from kernel.documents import dumps
from kernel.locks import lock_contacts
from kernel.partitions import ensure_partitions
from points.models import PointGroup, PointRule, Score

DECAY_DAYS = "points.decay_days"
# A score stops at the ends of what the column holds instead of failing the batch.
CLAMPED = "least(greatest({}, -2147483648), 2147483647)::int"
TOTAL = f"""
UPDATE contact_state SET points = {CLAMPED.format("points::bigint + w.delta")}
FROM summed w WHERE contact_id = w.contact
RETURNING contact_id, points"""  # noqa: S608 - a statement of ours
GROUP = f"""
INSERT INTO point_score AS s (group_id, contact_id, points)
SELECT %(group)s, c.id, {CLAMPED.format("w.delta")} FROM summed w JOIN contact c ON c.id = w.contact
WHERE EXISTS (SELECT 1 FROM point_group g WHERE g.id = %(group)s)
ORDER BY c.id
ON CONFLICT (group_id, contact_id) DO UPDATE
SET points = {CLAMPED.format("s.points::bigint + excluded.points")}
RETURNING contact_id, points"""  # noqa: S608 - a statement of ours
# Each event tells the score as it was after it: what came later in the same batch is taken off.
ADJUST = f"""
WITH wanted AS MATERIALIZED (
  SELECT contact, delta, which, place
  FROM unnest(%(contacts)s::bigint[], %(deltas)s::bigint[], %(which)s::int[])
       WITH ORDINALITY w(contact, delta, which, place)),
summed AS MATERIALIZED (SELECT contact, sum(delta)::bigint delta FROM wanted GROUP BY contact),
adjusted AS ({{what}}),
moved AS (
  INSERT INTO point_idle (group_id, contact_id, since, days, lost, settled)
  SELECT DISTINCT coalesce(%(group)s::bigint, 0), a.contact_id, %(at)s::timestamptz,
         %(days)s::int, 0, 0
  FROM adjusted a JOIN wanted w ON w.contact = a.contact_id
  WHERE %(days)s > 0 AND w.which = ANY(%(scoring)s::int[]) ORDER BY 2
  ON CONFLICT (group_id, contact_id) DO UPDATE SET since = excluded.since, days = excluded.days),
fresh AS (
  SELECT contact_id, NULL::bigint subject_id, %(at)s occurred_at, NULL::smallint verdict,
         jsonb_build_object('delta', delta, 'points', {CLAMPED.format("points - later")})
         || (%(whys)s::text[])[which]::jsonb data
  FROM (SELECT a.contact_id, a.points, w.delta, w.which, w.place,
               coalesce(sum(w.delta) OVER (PARTITION BY w.contact ORDER BY w.place DESC
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) later
        FROM adjusted a JOIN wanted w ON w.contact = a.contact_id) told
  ORDER BY place),
{events.RECORD_ROWS}
SELECT count(*) FROM facts"""  # noqa: S608 - a statement of ours


@dataclass(frozen=True)
class Gift:
    """What one reason gives to contacts, each their own, in the total or in a group.

    `why` stands in the events beside the difference: the `rule`, and the `reason`; names too, so
    that they can be told when the rule is gone.
    """

    deltas: Mapping[int, int]
    group: int | None = None
    why: Mapping[str, str] = field(default_factory=dict)


def read_of(group: int | None) -> str:
    """Return the name under which a change of a score is announced."""
    return "state:points" if group is None else f"score:{group}"


def adjust(
    contacts: Sequence[int],
    delta: int,
    now: datetime,
    *,
    group: int | None = None,
    depth: int = 0,
    bulk: bool = False,
) -> int:
    """Change the points of contacts by as much and record it; return how many there were.

    The total, or those of a group.
    """
    return give(dict.fromkeys(contacts, delta), now, group=group, depth=depth, bulk=bulk)


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

    For one reason; see `Gift`. A group that is gone gets nothing.
    """
    return give_all([Gift(deltas, group, why or {})], now, depth=depth, bulk=bulk)


def give_all(gifts: Sequence[Gift], now: datetime, *, depth: int = 0, bulk: bool = False) -> int:
    """Change points for several reasons: one statement for the total, and one for each group.

    Returns how many differences there were, each of which is an event.
    """
    wanted = [gift for gift in gifts if gift.deltas]
    if not wanted:
        return 0
    ensure_partitions({now})
    lock_contacts(contact for gift in wanted for contact in gift.deltas)
    # Always in the same order: two writers meet at the same rows.
    groups = sorted({gift.group for gift in wanted}, key=lambda group: group or 0)
    told = [
        _give([gift for gift in wanted if gift.group == group], group, now, depth=depth, bulk=bulk)
        for group in groups
    ]
    return sum(told)


def _give(
    gifts: Sequence[Gift], group: int | None, now: datetime, *, depth: int, bulk: bool
) -> int:
    name, days = _of_group(group)
    rows = [
        (contact, gift.deltas[contact], place)
        for place, gift in enumerate(gifts, 1)
        for contact in sorted(gift.deltas)
    ]
    reads = [read_of(group)]
    with connection.cursor() as cursor:
        cursor.execute(
            ADJUST.format(what=TOTAL if group is None else GROUP),
            {
                **events.parameters(
                    "points.adjusted", now=now, depth=depth, bulk=bulk, reads=reads
                ),
                "contacts": _array([row[0] for row in rows]),
                "deltas": _array([row[1] for row in rows]),
                "which": _array([row[2] for row in rows]),
                "group": group,
                # What is only taken back is no activity.
                "days": days,
                "scoring": [
                    place for place, gift in enumerate(gifts, 1) if "reason" not in gift.why
                ],
                "whys": [dumps({**gift.why, **name}) for gift in gifts],
            },
        )
        return int(cursor.fetchone()[0])


def scores_of(contact: int) -> dict[int, int]:
    """Return a contact's points by group, of the groups they have any in."""
    rows = Score.objects.filter(contact_id=contact).exclude(points=0)
    return dict(rows.values_list("group_id", "points"))


def by_rule(number: int, reason: str = "", name: str = "") -> dict[str, str]:
    """Return what events tell of the rule that led to them, and the reason, if another."""
    rule = PointRule.objects.filter(pk=number).values_list("name", flat=True)
    told = {"rule": str(number), "rule_name": name or rule.first() or f"#{number}"}
    return {**told, "reason": reason} if reason else told


def _of_group(group: int | None) -> tuple[dict[str, str], int]:
    """Return what events tell of the group, and after how many days the score fades; 0: never."""
    if group is None:
        return {}, int(preferences.get(DECAY_DAYS))
    found = PointGroup.objects.filter(pk=group).values_list("name", "decay_days").first()
    name, days = found or (f"#{group}", 0)
    return {"group": str(group), "group_name": name}, days


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
