"""The points of people who become one, ask what is known of them, or are forgotten."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns
from points.models import Award, Firing, Idle, PointGroup, PointRule, Tally
from points.services.adjust import CLAMPED, scores_of

MERGE = f"""
INSERT INTO point_score AS s (group_id, contact_id, points)
SELECT l.group_id, p.winner, l.points FROM {PAIRS} JOIN point_score l ON l.contact_id = p.loser
ORDER BY 1, 2
ON CONFLICT (group_id, contact_id) DO UPDATE
SET points = {CLAMPED.format("s.points::bigint + excluded.points")};
DELETE FROM point_score WHERE contact_id = ANY(%(losers)s::bigint[]);
UPDATE point_award a SET contact_id = p.winner FROM {PAIRS} WHERE a.contact_id = p.loser;
INSERT INTO point_tally AS t
  (rule_id, contact_id, group_id, subject_id, seen, times, points, given, expired)
SELECT l.rule_id, p.winner, l.group_id, l.subject_id, sum(l.seen), sum(l.times), sum(l.points),
       sum(l.given), sum(l.expired)
FROM {PAIRS} JOIN point_tally l ON l.contact_id = p.loser GROUP BY 1, 2, 3, 4 ORDER BY 2, 1, 3, 4
ON CONFLICT (contact_id, rule_id, group_id, subject_id) DO UPDATE
SET seen = t.seen + excluded.seen, times = t.times + excluded.times,
    points = t.points + excluded.points, given = t.given + excluded.given,
    expired = t.expired + excluded.expired;
DELETE FROM point_tally WHERE contact_id = ANY(%(losers)s::bigint[]);
INSERT INTO point_idle AS i (group_id, contact_id, since, days, lost, settled)
SELECT l.group_id, p.winner, max(l.since), max(l.days), sum(l.lost), sum(l.settled)
FROM {PAIRS} JOIN point_idle l ON l.contact_id = p.loser GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (group_id, contact_id) DO UPDATE
SET since = greatest(i.since, excluded.since), days = greatest(i.days, excluded.days),
    lost = i.lost + excluded.lost, settled = i.settled + excluded.settled;
DELETE FROM point_idle WHERE contact_id = ANY(%(losers)s::bigint[]);
INSERT INTO point_firing AS w (trigger_id, contact_id, fired_at, done_at, problem)
SELECT l.trigger_id, p.winner, l.fired_at, l.done_at, l.problem
FROM {PAIRS} JOIN point_firing l ON l.contact_id = p.loser ORDER BY 1, 2
ON CONFLICT (trigger_id, contact_id) DO UPDATE
SET done_at = coalesce(w.done_at, excluded.done_at);
DELETE FROM point_firing WHERE contact_id = ANY(%(losers)s::bigint[]);
"""  # noqa: S608 - a statement of ours
FORGET = """
DELETE FROM point_score WHERE contact_id = ANY(%(contacts)s::bigint[]);
DELETE FROM point_award WHERE contact_id = ANY(%(contacts)s::bigint[]);
DELETE FROM point_tally WHERE contact_id = ANY(%(contacts)s::bigint[]);
DELETE FROM point_idle WHERE contact_id = ANY(%(contacts)s::bigint[]);
DELETE FROM point_firing WHERE contact_id = ANY(%(contacts)s::bigint[]);
"""


def merge(pairs: Pairs) -> None:
    """Add the losers' scores to the winners'; doing it again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


def export(contact: int) -> dict[str, Any]:
    """Return the scores by the names of their groups."""
    scores = scores_of(contact)
    idle = Idle.objects.filter(contact_id=contact).exclude(lost=0).order_by("group_id")
    groups = {*scores, *(row.group_id for row in idle)}
    names = dict(PointGroup.objects.filter(pk__in=groups).values_list("pk", "name"))
    given = Award.objects.filter(contact_id=contact).exclude(points=0).order_by("event_id")
    rules = dict(PointRule.objects.values_list("pk", "name"))
    return {
        "scores": [{"group": names[group], "points": scores[group]} for group in sorted(scores)],
        "points_given": [
            {
                "rule": rules.get(row.rule_id, f"#{row.rule_id}"),
                "points": row.points,
                "occurred_at": clock.iso(row.occurred_at),
                "expired_at": clock.iso(row.expired_at) if row.expired_at else None,
            }
            for row in given
        ],
        "points_given_before": [
            {"rule": rules.get(row.rule_id, f"#{row.rule_id}"), "points": row.points}
            for row in Tally.objects.filter(contact_id=contact).order_by("pk")
        ],
        "points_lost_by_inactivity": [
            {"group": names.get(row.group_id), "points": row.lost} for row in idle
        ],
        "point_triggers": [
            {"trigger": row.trigger.name, "fired_at": clock.iso(row.fired_at)}
            for row in Firing.objects.filter(contact_id=contact).select_related("trigger")
        ],
    }


def forget(contacts: Sequence[int]) -> None:
    """Delete all of it."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"contacts": list(contacts)})
