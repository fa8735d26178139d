"""Gives points for what people do: exactly once a rule and event, whoever is killed or runs twice.

Runs in the dispatcher, which holds the contacts' lanes: nobody else judges the same person. The
journal (`point_award`), the scores and their events are one transaction with the claim of the
change set.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from kernel import filters
from kernel.changes import Change, Changes
from kernel.events import MACHINE, kind_of, type_id
from kernel.filters import FilterProblem
from kernel.locks import lock_contacts
from kernel.zone import workspace_zone
from points.models import PointRule
from points.services.adjust import by_rule, give
from points.services.judging import Standing, judge, note

logger = logging.getLogger(__name__)

ADJUSTED = "points.adjusted"
# What a machine did, or somebody withheld, gives nothing; nor what the rule itself brought about,
# or what was only taken back.
MATCHING = """
SELECT e.id, k.contact, e.subject_id, e.occurred_at
FROM unnest(%(events)s::bigint[], %(times)s::timestamptz[], %(contacts)s::bigint[])
     k(id, at, contact)
JOIN event e ON e.id = k.id AND e.occurred_at = k.at
JOIN contact c ON c.id = k.contact AND c.withheld IS NULL
WHERE e.retention = %(retention)s AND e.occurred_at BETWEEN %(first)s AND %(last)s
  AND e.verdict IS DISTINCT FROM {machine}
  AND e.occurred_at >= coalesce(%(since)s::timestamptz, '-infinity')
  AND e.occurred_at < coalesce(%(until)s::timestamptz, 'infinity')
  AND (e.type_id <> %(adjusted)s OR NOT e.data ? 'reason'
       AND e.data ->> 'rule' IS DISTINCT FROM %(rule)s::text)
  AND NOT EXISTS (SELECT 1 FROM point_award a WHERE a.rule_id = %(rule)s AND a.event_id = e.id)
  AND {where}
ORDER BY e.id"""
INSERT = """
INSERT INTO point_award
  (rule_id, event_id, contact_id, group_id, subject_id, occurred_at, points, expires_at)
SELECT %(rule)s, event, contact, %(group)s, subject, at, points, expiry
FROM unnest(%(events)s::bigint[], %(contacts)s::bigint[], %(subjects)s::bigint[],
            %(times)s::timestamptz[], %(points)s::int[], %(expiries)s::timestamptz[])
     w(event, contact, subject, at, points, expiry)
ORDER BY event ON CONFLICT DO NOTHING RETURNING contact_id, points"""
GIVEN = """
SELECT contact_id, event_id, subject_id, (occurred_at AT TIME ZONE %(zone)s)::date, abs(points)
FROM point_award
WHERE rule_id = %(rule)s AND contact_id = ANY(%(contacts)s::bigint[]) AND points <> 0"""
SEEN = """
SELECT contact_id, count(*) FROM point_award
WHERE rule_id = %(rule)s AND contact_id = ANY(%(contacts)s::bigint[]) GROUP BY contact_id"""


@dataclass(frozen=True)
class Met:
    """An event that meets a rule."""

    event: int
    contact: int
    subject: int | None
    at: datetime


def in_force(types: Iterable[int]) -> list[PointRule]:
    """Return the active rules about events of these types, in order."""
    wanted = set(types)
    if not wanted:
        return []
    rules = PointRule.objects.filter(active=True).order_by("pk")
    return [rule for rule in rules if type_id(rule.event) in wanted]


def award(changes: Changes, now: datetime, *, also: Iterable[int] = ()) -> None:
    """Give what the rules in force give for these events.

    Contacts are locked before anything is written, all at once; `also` those the caller needs.
    """
    types = {change.type_id for change in changes.changes if change.type_id is not None}
    found: list[tuple[PointRule, list[Met]]] = []
    for rule in in_force(types):
        with alone(rule):
            found.append((rule, meeting(rule, changes.events(type_id(rule.event)), now)))
    if wanted := {each.contact for _rule, met in found for each in met}.union(also):
        lock_contacts(wanted)
    for rule, met in found:
        with alone(rule):
            _award(rule, met, now, depth=changes.depth + 1, bulk=changes.bulk)


@contextmanager
def alone(rule: PointRule) -> Iterator[None]:
    """Let a rule fail without the others: it is put aside with its reason, until it is saved."""
    try:
        with transaction.atomic():
            yield
    except OperationalError:
        # A deadlock or a cut connection: the dispatcher tries everything again.
        raise
    except Exception as error:
        logger.exception("Point rule %s failed and is put aside", rule.pk)
        if isinstance(error, FilterProblem):
            problem = " ".join(one["message"] for one in error.errors)
        else:
            problem = f"{type(error).__name__}: {error}"
        PointRule.objects.filter(pk=rule.pk).update(active=False, problem=problem[:500])


def award_by(
    rule: PointRule,
    happened: Sequence[Change],
    now: datetime,
    *,
    depth: int = 0,
    bulk: bool = False,
) -> list[int]:
    """Give what one rule gives; return whom it gave or took anything. The caller locked them."""
    return _award(rule, meeting(rule, happened, now), now, depth=depth, bulk=bulk)


def _award(rule: PointRule, met: list[Met], now: datetime, *, depth: int, bulk: bool) -> list[int]:
    if not met:
        return []
    points = _judged(rule, met) if rule.counts else [rule.delta] * len(met)
    deltas: dict[int, int] = defaultdict(int)
    for contact, given in _noted(rule, met, points, now):
        deltas[contact] += given
    told = {contact: delta for contact, delta in deltas.items() if delta}
    give(told, now, group=rule.group_id, why=by_rule(rule.pk), depth=depth, bulk=bulk)
    return sorted(told)


def expiry(rule: PointRule, now: datetime) -> datetime | None:
    """Return when points given now are taken back."""
    return None if rule.expire_days is None else now + timedelta(days=rule.expire_days)


def _matching(rule: PointRule, happened: Sequence[Change]) -> list[Met]:
    told = [change for change in happened if change.event and change.occurred_at]
    if not told:
        return []
    times = [change.occurred_at for change in told if change.occurred_at]
    where, values = kind_of(rule.event).where(rule.where)
    named = {f"w{place}": value for place, value in enumerate(values)}
    for name in named:
        where = where.replace("%s", f"%({name})s", 1)
    with connection.cursor() as cursor:
        cursor.execute(
            MATCHING.format(machine=MACHINE, where=where),
            {
                **named,
                "events": [change.event for change in told],
                "times": times,
                "contacts": [change.contact for change in told],
                "retention": kind_of(rule.event).retention,
                "first": min(times),
                "last": max(times),
                "since": rule.active_from,
                "until": rule.active_until,
                "adjusted": type_id(ADJUSTED),
                "rule": rule.pk,
            },
        )
        return [Met(*row) for row in cursor.fetchall()]


def meeting(rule: PointRule, happened: Sequence[Change], now: datetime) -> list[Met]:
    """Return those of some events that meet a rule and that it has not seen yet."""
    return _wanted(rule, _matching(rule, happened), now)


def _wanted(rule: PointRule, met: list[Met], now: datetime) -> list[Met]:
    """Keep those for whom the rule is."""
    if not met or rule.filter is None:
        return met
    contacts = sorted({each.contact for each in met})
    inside = set(filters.matching(rule.filter, contacts, now))
    return [each for each in met if each.contact in inside]


def _judged(rule: PointRule, met: list[Met]) -> list[int]:
    zone = workspace_zone()
    found = standings(rule, sorted({each.contact for each in met}))
    return [
        judge(rule, found[each.contact], each.at.astimezone(zone).date(), each.subject)
        for each in met
    ]


def standings(rule: PointRule, contacts: Sequence[int]) -> dict[int, Standing]:
    """Return what the rule has seen of people and given them, of strangers nothing."""
    found: dict[int, Standing] = defaultdict(Standing)
    values: dict[str, Any] = {"rule": rule.pk, "contacts": list(contacts)}
    values["zone"] = str(workspace_zone())
    with connection.cursor() as cursor:
        cursor.execute(SEEN, values)
        for contact, seen in cursor.fetchall():
            found[contact].seen = seen
        cursor.execute(GIVEN, values)
        for contact, _event, subject, day, size in cursor.fetchall():
            note(found[contact], day, subject, size)
    return found


def _noted(
    rule: PointRule, met: list[Met], points: list[int], now: datetime
) -> list[tuple[int, int]]:
    """Write the journal; return contact and points of what nobody had noted."""
    due = expiry(rule, now)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "rule": rule.pk,
                "group": rule.group_id,
                "events": [each.event for each in met],
                "contacts": [each.contact for each in met],
                "subjects": [each.subject for each in met],
                "times": [each.at for each in met],
                "points": points,
                "expiries": [due if given else None for given in points],
            },
        )
        return [(contact, given) for contact, given in cursor.fetchall()]
