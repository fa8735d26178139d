"""Fires triggers: once a contact whatever runs in parallel, and what they do through the runner.

The dispatcher, or the job for those above already, writes that a trigger fired (`point_firing`,
unique by trigger and contact); a queue carries out its actions.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from kernel import events
from kernel.actions import Batch, contact_actions, run_action
from kernel.changes import Changes, too_deep
from kernel.events import Fact
from kernel.filters.questions import within_time
from kernel.locks import again, lock_contacts
from points.models import PointTrigger
from points.services.adjust import read_of

FIRED = "points.triggered"
MERGED, SCORE = "event:contacts.merged", "score:"
MOST = 500
PATIENCE_MS = 1_500
TOTAL, ANY = 0, -1
ABOVE_TOTAL = "FROM contact_state s WHERE s.points >= %(threshold)s"
ABOVE_GROUP = """FROM point_score s
WHERE s.group_id = %(group)s AND s.points >= %(threshold)s"""
# A score below nothing is reached by whoever has no row, too.
NOT_BELOW = """FROM contact s LEFT JOIN point_score p
  ON p.contact_id = s.id AND p.group_id = %(group)s
WHERE coalesce(p.points, 0) >= %(threshold)s"""
# All triggers of a turn at once: 0 stands for the total, and for who was merged for every score.
FIRE = f"""
INSERT INTO point_firing (trigger_id, contact_id, fired_at, problem)
SELECT t.id, c.id, %(now)s, ''
FROM unnest(%(scores)s::bigint[], %(contacts)s::bigint[]) k(score, contact)
JOIN point_trigger t ON t.active AND (k.score = {ANY} OR k.score = coalesce(t.group_id, 0))
JOIN contact c ON c.id = k.contact AND c.withheld IS NULL
LEFT JOIN contact_state s ON t.group_id IS NULL AND s.contact_id = c.id
LEFT JOIN point_score p ON p.group_id = t.group_id AND p.contact_id = c.id
WHERE (%(only)s::bigint IS NULL OR t.id = %(only)s)
  AND coalesce(s.points, p.points, 0) >= t.threshold
  AND NOT EXISTS (SELECT FROM point_firing f WHERE f.trigger_id = t.id AND f.contact_id = c.id)
ORDER BY c.id, t.id ON CONFLICT DO NOTHING RETURNING trigger_id, contact_id"""  # noqa: S608 - a number of ours
OPEN = """
SELECT EXISTS (SELECT 1 FROM point_firing f JOIN point_trigger t ON t.id = f.trigger_id
               JOIN contact c ON c.id = f.contact_id AND c.withheld IS NULL
               WHERE f.done_at IS NULL AND t.active)"""
NEXT = """
SELECT f.trigger_id FROM point_firing f JOIN point_trigger t ON t.id = f.trigger_id
JOIN contact c ON c.id = f.contact_id AND c.withheld IS NULL
WHERE f.done_at IS NULL AND t.active AND f.trigger_id > %s ORDER BY f.trigger_id LIMIT 1"""
# Who is withheld meanwhile waits until they are not.
CANDIDATES = """
SELECT f.contact_id FROM point_firing f
JOIN contact c ON c.id = f.contact_id AND c.withheld IS NULL
WHERE f.trigger_id = %s AND f.done_at IS NULL ORDER BY f.contact_id LIMIT %s"""
# Contacts are locked by then, as everywhere before rows about them.
TAKE = """
SELECT f.contact_id FROM point_firing f
JOIN contact c ON c.id = f.contact_id AND c.withheld IS NULL
WHERE f.trigger_id = %s AND f.contact_id = ANY(%s::bigint[]) AND f.done_at IS NULL
ORDER BY f.contact_id FOR UPDATE OF f SKIP LOCKED"""
DONE = """
UPDATE point_firing f SET done_at = %s, problem = w.problem
FROM unnest(%s::bigint[], %s::text[]) w(contact, problem)
WHERE f.trigger_id = %s AND f.contact_id = w.contact"""
COUNT = """
SELECT count(*) FROM contact c WHERE c.withheld IS NULL AND c.id IN (SELECT {contact} {above})
  AND (%(owner)s::bigint IS NULL OR c.owner_id = %(owner)s)
  AND NOT EXISTS (SELECT 1 FROM point_firing f
                  WHERE f.trigger_id = %(trigger)s AND f.contact_id = c.id)"""
SLICE = """
SELECT {contact} {above} AND {contact} > %(after)s
  AND (%(owner)s::bigint IS NULL OR EXISTS (
    SELECT FROM contact o WHERE o.id = {contact} AND o.owner_id = %(owner)s))
ORDER BY 1 LIMIT %(most)s"""


class _TooSlow(Exception):  # noqa: N818 - an answer
    """Counting takes longer than a person waits."""


def react(changes: Changes, now: datetime) -> bool:
    """Fire for whoever reached a threshold; say whether anybody did."""
    waiting = {group or TOTAL for group in _active().values_list("group_id", flat=True)}
    touched = {
        (score, change.contact)
        for change in changes.changes
        for score in _scores(change.reads)
        if score in waiting or (score == ANY and waiting)
    }
    return bool(touched and _fire(touched, now, depth=changes.depth + 1, bulk=changes.bulk))


def fire(trigger: PointTrigger, contacts: Sequence[int], now: datetime) -> int:
    """Fire for those of these who have reached it and for whom it never did; return how many."""
    return _fire({(ANY, contact) for contact in contacts}, now, bulk=True, only=trigger.pk)


def _active() -> QuerySet[PointTrigger]:
    return PointTrigger.objects.filter(active=True)


def _scores(reads: Sequence[str]) -> Iterator[int]:
    for read in reads:
        if read == MERGED:
            yield ANY
        elif read == read_of(None):
            yield TOTAL
        elif read.startswith(SCORE):
            yield int(read.removeprefix(SCORE))


def _fire(
    touched: Collection[tuple[int, int]],
    now: datetime,
    *,
    depth: int = 0,
    bulk: bool = False,
    only: int | None = None,
) -> int:
    # Where the event could be told to nobody, it does not fire: it would never again.
    if too_deep(depth, (f"event:{FIRED}",)):
        return 0
    held = set(lock_contacts(contact for _score, contact in touched))
    pairs = sorted(pair for pair in touched if pair[1] in held)
    values: dict[str, Any] = {
        "scores": [score for score, _contact in pairs],
        "contacts": [contact for _score, contact in pairs],
        "now": now,
        "only": only,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIRE, values)
        fresh = sorted(cursor.fetchall())
    triggers = PointTrigger.objects.in_bulk({number for number, _contact in fresh})
    told = {
        number: {"name": row.name, "threshold": row.threshold} for number, row in triggers.items()
    }
    facts = [Fact(contact, now, number, told[number]) for number, contact in fresh]
    events.record(FIRED, facts, now=now, depth=depth, bulk=bulk)
    return len(fresh)


def count_above(trigger: PointTrigger, owner: int | None) -> int | None:
    """Count who has reached it and for whom it never fired: everybody, or an owner's alone.

    None where that takes longer than a person waits.
    """
    try:
        with within_time(_TooSlow, PATIENCE_MS), connection.cursor() as cursor:
            cursor.execute(_over(COUNT, trigger), {**_values(trigger), "owner": owner})
            return int(cursor.fetchone()[0])
    except _TooSlow:
        return None


def above(trigger: PointTrigger, after: int, most: int, owner: int | None = None) -> list[int]:
    """Return the next contacts who have reached it, by id: everybody, or an owner's alone."""
    values = {**_values(trigger), "after": after, "most": most, "owner": owner}
    with connection.cursor() as cursor:
        cursor.execute(_over(SLICE, trigger), values)
        return [row[0] for row in cursor.fetchall()]


def is_due() -> bool:
    """Say whether the actions of any trigger are still to be carried out."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        return bool(cursor.fetchone()[0])


def carry_out(now: datetime) -> tuple[int, set[str]]:
    """Do what triggers do, a batch of each; return for how many, and the queues to wake."""
    done, wake, last = 0, set[str](), 0
    while (number := _next(last)) is not None:
        # Companies that actions hold come before people, who are held here already.
        count, more = again(partial(_batch, number, now))
        done, wake, last = done + count, wake | more, number
    return done, wake


def _next(after: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [after])
        row = cursor.fetchone()
    return int(row[0]) if row else None


@transaction.atomic
def _batch(number: int, now: datetime) -> tuple[int, set[str]]:
    """Hold some rows to the end: that is the claim, and the runner's rows are the proof of once."""
    trigger = PointTrigger.objects.filter(pk=number, active=True).first()
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [number, MOST])
        held = lock_contacts(row[0] for row in cursor.fetchall())
        cursor.execute(TAKE, [number, held])
        contacts = [row[0] for row in cursor.fetchall()]
    if trigger is None or not contacts:
        return 0, set()
    problems: dict[int, list[str]] = {}
    wake = set[str]()
    for step in trigger.actions:
        kind = contact_actions.get(step["key"])
        if kind is None:
            continue
        causes = [f"trigger:{number}:{step['id']}"] * len(contacts)
        outcomes = run_action(kind(step["config"]), Batch(contacts, causes), now)
        wake |= outcomes.wake
        for contact, why in {**outcomes.skipped, **outcomes.failed}.items():
            problems.setdefault(contact, []).append(f"{step['key']}: {why}")
    told = [", ".join(problems.get(contact, ())) for contact in contacts]
    with connection.cursor() as cursor:
        cursor.execute(DONE, [now, contacts, told, number])
    return len(contacts), wake


def _values(trigger: PointTrigger) -> dict[str, int | None]:
    return {
        "trigger": trigger.pk,
        "threshold": trigger.threshold,
        "group": trigger.group_id,
    }


def _over(statement: str, trigger: PointTrigger) -> str:
    if trigger.group_id is None:
        return statement.format(contact="s.contact_id", above=ABOVE_TOTAL)
    if trigger.threshold <= 0:
        return statement.format(contact="s.id", above=NOT_BELOW)
    return statement.format(contact="s.contact_id", above=ABOVE_GROUP)
