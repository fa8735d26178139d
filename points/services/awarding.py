"""Gives points for what people do: exactly once a rule and event, whoever is killed or runs twice.

Runs in the dispatcher, which holds the contacts' lanes: nobody else judges the same person. The
journal (`point_award`), the scores and their events are one transaction with the claim of the
change set.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from points.services.adjust import Gift, by_rule, give_all
from points.services.judging import judge
from points.services.standing import standings

logger = logging.getLogger(__name__)

ADJUSTED = "points.adjusted"
# What a machine did, or somebody withheld, gives nothing; nor what the rule itself brought about,
# or what was only taken back. Events are read once, for all rules of a turn.
MATCHING = """
WITH happened AS MATERIALIZED (
  SELECT e.*, k.contact
  FROM unnest(%(events)s::bigint[], %(times)s::timestamptz[], %(contacts)s::bigint[])
       k(id, at, contact)
  JOIN event e ON e.id = k.id AND e.occurred_at = k.at
  JOIN contact c ON c.id = k.contact AND c.withheld IS NULL
  WHERE e.retention = ANY(%(classes)s::smallint[])
    AND e.occurred_at BETWEEN %(first)s AND %(last)s AND e.verdict IS DISTINCT FROM {machine})
SELECT rule, id, contact, subject_id, occurred_at FROM ({each}) met ORDER BY rule, id"""
OF_RULE = """
SELECT {rule}::bigint AS rule, e.id, e.contact, e.subject_id, e.occurred_at FROM happened e
WHERE e.type_id = %(type{place})s
  AND e.occurred_at >= coalesce(%(since{place})s::timestamptz, '-infinity')
  AND e.occurred_at < coalesce(%(until{place})s::timestamptz, 'infinity')
  AND (e.type_id <> %(adjusted)s OR NOT e.data ? 'reason'
       AND e.data ->> 'rule' IS DISTINCT FROM '{rule}')
  AND NOT EXISTS (SELECT 1 FROM point_award a WHERE a.rule_id = {rule} AND a.event_id = e.id)
  AND {where}"""
INSERT = """
INSERT INTO point_award
  (rule_id, event_id, contact_id, group_id, subject_id, occurred_at, points, expires_at)
SELECT rule, event, contact, nullif(scored, 0), subject, at, points, expiry
FROM unnest(%(rules)s::bigint[], %(events)s::bigint[], %(contacts)s::bigint[],
            %(groups)s::bigint[], %(subjects)s::bigint[], %(times)s::timestamptz[],
            %(points)s::int[], %(expiries)s::timestamptz[])
     w(rule, event, contact, scored, subject, at, points, expiry)
ORDER BY event, rule ON CONFLICT DO NOTHING RETURNING rule_id, contact_id, points"""


@dataclass(frozen=True)
class Met:
    """An event that meets a rule."""

    event: int
    contact: int
    subject: int | None
    at: datetime


# A rule with the events that meet it.
Found = list[tuple[PointRule, list[Met]]]


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
    found = matched(in_force(types), changes.changes, now)
    if wanted := {each.contact for _rule, met in found for each in met}.union(also):
        lock_contacts(wanted)
    depth, bulk = changes.depth + 1, changes.bulk
    _together(found, lambda some: _award(some, now, depth=depth, bulk=bulk))


def matched(rules: Sequence[PointRule], happened: Sequence[Change], now: datetime) -> Found:
    """Return rules with those of some events that meet them and that they have not seen yet."""
    found: Found = []
    everything: Found = [(rule, []) for rule in rules]

    def look(some: Found) -> None:
        found.extend(_meeting([rule for rule, _met in some], happened, now))

    _together(everything, look)
    return found


def _together(rules: Found, work: Callable[[Found], None]) -> None:
    """Do it for all rules in one statement; where any of them fails, for each alone."""
    try:
        with transaction.atomic():
            work(rules)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - the one that failed fails again, and is put aside
        for one in rules:
            with alone(one[0]):
                work([one])


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
) -> None:
    """Give what one rule gives. The caller locked them."""
    _award(_meeting([rule], happened, now), now, depth=depth, bulk=bulk)


def _award(found: Found, now: datetime, *, depth: int, bulk: bool) -> None:
    """Judge, write the journal and give, a statement each for all these rules."""
    rules = {rule.pk: rule for rule, met in found if met}
    met = [(rule, each) for rule, some in found for each in some]
    if not met:
        return
    deltas: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for rule, contact, given in _noted(met, _judged(met), now):
        deltas[rule][contact] += given
    gifts = [
        Gift(
            {contact: delta for contact, delta in deltas[number].items() if delta},
            rule.group_id,
            by_rule(number, name=rule.name),
        )
        for number, rule in sorted(rules.items())
    ]
    give_all(gifts, now, depth=depth, bulk=bulk)


def expiry(rule: PointRule, now: datetime) -> datetime | None:
    """Return when points given now are taken back."""
    return None if rule.expire_days is None else now + timedelta(days=rule.expire_days)


def _meeting(rules: Sequence[PointRule], happened: Sequence[Change], now: datetime) -> Found:
    """Ask the log once for all rules; then, for each with a filter, for whom it is."""
    met: dict[int, list[Met]] = defaultdict(list)
    types = {type_id(rule.event) for rule in rules}
    told = [change for change in happened if change.event and change.type_id in types]
    times = [change.occurred_at for change in told if change.occurred_at]
    if not times:
        return []
    parts, values = [], dict[str, Any]()
    for place, rule in enumerate(rules):
        sql, more = _of_rule(place, rule)
        parts.append(sql)
        values |= more
    values |= {
        "events": [change.event for change in told],
        "times": times,
        "contacts": [change.contact for change in told],
        "classes": sorted({kind_of(rule.event).retention for rule in rules}),
        "first": min(times),
        "last": max(times),
        "adjusted": type_id(ADJUSTED),
    }
    with connection.cursor() as cursor:
        cursor.execute(MATCHING.format(machine=MACHINE, each=" UNION ALL ".join(parts)), values)
        for rule, *row in cursor.fetchall():
            met[rule].append(Met(*row))
    return [(rule, _wanted(rule, met[rule.pk], now)) for rule in rules if met[rule.pk]]


def _of_rule(place: int, rule: PointRule) -> tuple[str, dict[str, Any]]:
    """Write what one rule asks of events, and what that binds."""
    where, asked = kind_of(rule.event).where(rule.where)
    values: dict[str, Any] = {f"w{place}_{number}": value for number, value in enumerate(asked)}
    for name in values:
        where = where.replace("%s", f"%({name})s", 1)
    values |= {
        f"type{place}": type_id(rule.event),
        f"since{place}": rule.active_from,
        f"until{place}": rule.active_until,
    }
    return OF_RULE.format(rule=rule.pk, place=place, where=where), values


def _wanted(rule: PointRule, met: list[Met], now: datetime) -> list[Met]:
    """Keep those for whom the rule is."""
    if rule.filter is None:
        return met
    contacts = sorted({each.contact for each in met})
    inside = set(filters.matching(rule.filter, contacts, now))
    return [each for each in met if each.contact in inside]


def _judged(met: Sequence[tuple[PointRule, Met]]) -> list[int]:
    zone = workspace_zone()
    asked = [
        (rule.pk, each.contact, each.subject, each.at.astimezone(zone).date())
        for rule, each in met
        if rule.counts
    ]
    found = standings(asked)
    return [
        judge(
            rule,
            found[rule.pk, each.contact],
            each.at.astimezone(zone).date(),
            each.subject,
        )
        if rule.counts
        else rule.delta
        for rule, each in met
    ]


def _noted(
    met: Sequence[tuple[PointRule, Met]], points: Sequence[int], now: datetime
) -> list[tuple[int, int, int]]:
    """Write the journal; return rule, contact and points of what nobody had noted."""
    due = {rule.pk: expiry(rule, now) for rule, _each in met}
    expiries = [
        due[rule.pk] if given else None for (rule, _each), given in zip(met, points, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "rules": [rule.pk for rule, _each in met],
                "events": [each.event for _rule, each in met],
                "contacts": [each.contact for _rule, each in met],
                "groups": [rule.group_id or 0 for rule, _each in met],
                "subjects": [each.subject for _rule, each in met],
                "times": [each.at for _rule, each in met],
                "points": list(points),
                "expiries": expiries,
            },
        )
        found: list[tuple[int, int, int]] = cursor.fetchall()
        return found
