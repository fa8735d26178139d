"""Puts points right whose event was judged anew: what was a person's, or a machine's after all.

Events before the horizon of the journal stay as they were judged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from kernel.changes import Change, Changes
from kernel.events import type_id
from kernel.locks import lock_contacts
from kernel.zone import workspace_zone
from points.models import Award, PointRule
from points.services import awarding, fading, growing_old
from points.services.adjust import Gift, by_rule, give_all
from points.services.judging import judge
from points.services.standing import tallied

CORRECTED = "events.corrected"
TOLD = """
SELECT k.contact, (e.data ->> 'event')::bigint, e.data ->> 'type',
       (e.data ->> 'occurred_at')::timestamptz, (e.data ->> 'change')::int
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) k(id, at, contact)
JOIN event e ON e.id = k.id AND e.occurred_at = k.at
WHERE e.occurred_at BETWEEN %s AND %s ORDER BY e.id"""
TAKE = """
DELETE FROM point_award a USING unnest(%s::bigint[], %s::bigint[]) w(contact, event)
WHERE a.contact_id = w.contact AND a.event_id = w.event
RETURNING a.rule_id, a.contact_id, a.group_id,
          CASE WHEN a.expired_at IS NULL THEN a.points ELSE 0 END"""
WRITE = """
UPDATE point_award a SET points = w.points, expires_at = w.expiry, group_id = w.group_id
FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::bigint[])
     w(event, points, expiry, group_id)
WHERE a.rule_id = %s AND a.event_id = w.event"""
# Rule and group → contact → difference.
Deltas = dict[tuple[int, int | None], dict[int, int]]


def compensate(changes: Changes, now: datetime) -> None:
    """Take back what machines were given, and give what people were not."""
    told = _told(changes.events(type_id(CORRECTED)))
    if told:
        horizon = growing_old.horizon()
        told = [one for one in told if one[3] >= horizon]
    if not told:
        return
    gone = [(contact, event) for contact, event, _type, _at, change in told if change < 0]
    # Points that expire hold no lane: who is locked here is read and written by nobody else.
    lock_contacts(contact for contact, *_rest in told)
    deltas, rules = _take(gone)
    depth, bulk = changes.depth + 1, changes.bulk
    back = [
        Change(contact, (), event, type_id(key), None, at)
        for contact, event, key, at, change in told
        if change > 0
    ]
    for rule in awarding.in_force({change.type_id for change in back if change.type_id}):
        mine = [change for change in back if change.type_id == type_id(rule.event)]
        with awarding.alone(rule):
            awarding.award_by(rule, mine, now, depth=depth, bulk=bulk)
            rules.setdefault(rule.pk, set()).update(change.contact for change in mine)
    for rule in PointRule.objects.filter(pk__in=rules).order_by("pk"):
        if rule.counts:
            with awarding.alone(rule):
                _replay(rule, sorted(rules[rule.pk]), now, deltas)
    gifts = [
        Gift(
            {contact: delta for contact, delta in differences.items() if delta},
            group,
            by_rule(number, "corrected"),
        )
        for (number, group), differences in sorted(deltas.items(), key=str)
    ]
    give_all(fading.spared(gifts), now, depth=depth, bulk=bulk)


def _told(events: Sequence[Change]) -> list[tuple[int, int, str, datetime, int]]:
    times = [change.occurred_at for change in events if change.occurred_at]
    if not times:
        return []
    with connection.cursor() as cursor:
        ids = [change.event for change in events]
        contacts = [change.contact for change in events]
        cursor.execute(TOLD, [ids, times, contacts, min(times), max(times)])
        return list(cursor.fetchall())


def _take(gone: Iterable[tuple[int, int]]) -> tuple[Deltas, dict[int, set[int]]]:
    """Strike events off the journal; return what goes, and whose points each rule judges anew."""
    pairs = list(gone)
    deltas: Deltas = defaultdict(lambda: defaultdict(int))
    rules: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [[one[0] for one in pairs], [one[1] for one in pairs]])
        for rule, contact, group, points in cursor.fetchall():
            deltas[rule, group][contact] -= points
            rules.setdefault(rule, set()).add(contact)
    return deltas, rules


def _replay(rule: PointRule, contacts: Sequence[int], now: datetime, deltas: Deltas) -> None:
    """Judge all that is left once more, in the order in which it was recorded."""
    zone, due = workspace_zone(), awarding.expiry(rule, now)
    standings = tallied(rule.pk, contacts)
    changed: list[Award] = []
    differences: list[tuple[int | None, int, int]] = []
    for row in Award.objects.filter(rule_id=rule.pk, contact_id__in=contacts).order_by("event_id"):
        day = row.occurred_at.astimezone(zone).date()
        standing = standings[row.contact_id]
        judged = judge(rule, standing, day, row.subject_id, given=row.points)
        if bool(judged) == bool(row.points):
            continue
        if row.expired_at is None:
            group = row.group_id if row.points else rule.group_id
            differences.append((group, row.contact_id, judged - row.points))
        row.points, row.expires_at = judged, due if judged else None
        row.group_id = rule.group_id if judged else row.group_id
        changed.append(row)
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                WRITE,
                [
                    [row.event_id for row in changed],
                    [row.points for row in changed],
                    [row.expires_at for row in changed],
                    [row.group_id for row in changed],
                    rule.pk,
                ],
            )
    # Last: none of it counts where writing failed.
    for group, contact, difference in differences:
        deltas[rule.pk, group][contact] += difference
