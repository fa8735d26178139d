"""Companies written in batches, matched by name, unique field or id: what differs is written."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from contacts.services import company_keys
from contacts.services.company_plan import Plan, Target
from contacts.services.company_records import TAKE_NAMES
from contacts.services.imports.undo_companies import lock
from contacts.services.plan import Row, Terms
from contacts.services.rehearsing import Rehearsal
from contacts.services.upsert import CREATED, REJECTED, UNCHANGED, UPDATED, UpsertResult
from kernel.changes import SHARED_PASS, announce
from kernel.documents import dumps

ATTEMPTS = 4
# In order of the key: two batches that make the same companies never wait crosswise.
MAKE = """
INSERT INTO company (name, attrs, owner_id, version, created_at, updated_at)
SELECT name, attrs, owner, 1, %(at)s, %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(name text, attrs jsonb, owner bigint)
ORDER BY lower(btrim(name)) RETURNING id, name"""
CHANGE = """
UPDATE company co SET name = r.name, attrs = r.attrs, owner_id = r.owner,
  version = co.version + 1, updated_at = %(at)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id bigint, name text, attrs jsonb, owner bigint)
WHERE co.id = r.id"""
# One more than are told one by one: from there on the lanes are not asked.
PEOPLE = f"""
SELECT id FROM contact WHERE company_id = ANY(%s::bigint[]) LIMIT {SHARED_PASS + 1}"""  # noqa: S608


def write_many(rows: Sequence[Row], now: datetime, terms: Terms) -> UpsertResult:
    """Write rows of cleaned values by alias; planned again when somebody made one meanwhile."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                plan = Plan(rows, terms, lock=True)
                return _write(plan, now, len(rows))
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError  # the loop returns or raises


def rehearse(rows: Sequence[Row], terms: Terms) -> Rehearsal:
    """Tell which rows would not be taken, and what would be cleared; nothing is written."""
    plan = Plan(rows, terms, lock=False)
    emptied = {
        target.company: [
            alias
            for alias, value in target.before.items()
            if value is not None and not target.has(alias)
        ]
        for target in plan.targets
        if target.company is not None
    }
    alike = [len(target.places) for target in plan.targets if len(target.places) > 1]
    return Rehearsal(plan.rejected, emptied, sharing=sum(alike) if terms.match == "name" else 0)


def _write(plan: Plan, now: datetime, count: int) -> UpsertResult:
    result = UpsertResult([None] * count, [REJECTED] * count, plan.rejected)
    new = [target for target in plan.targets if target.company is None]
    changed = [t for t in plan.targets if t.company is not None and t.values() != t.before]
    with connection.cursor() as cursor:
        if new:
            rows = dumps([target.document() for target in new])
            cursor.execute(MAKE, {"at": now, "rows": rows})
            made = {name: number for number, name in cursor.fetchall()}
            cursor.execute(TAKE_NAMES, [[target.name for target in new]])
        if changed:
            rows = dumps([target.document() for target in changed])
            cursor.execute(CHANGE, {"at": now, "rows": rows})
            cursor.execute(TAKE_NAMES, [[target.name for target in changed]])
    touched, assignments = {id(target) for target in changed}, list[company_keys.Assignment]()
    for target in plan.targets:
        outcome = UPDATED if id(target) in touched else UNCHANGED
        number = target.company
        if number is None:
            outcome, number = CREATED, made[target.name]
        if outcome != UNCHANGED:
            values = target.values()
            assignments += company_keys.changes(number, target.before, values, plan.unique)
        for turn, place in enumerate(target.places):
            result.ids[place] = number
            result.outcomes[place] = UPDATED if turn and outcome == CREATED else outcome
    company_keys.reassign(assignments)
    if changed and not plan.terms.quiet:
        _tell(changed, plan.terms)
    return result


def _tell(changed: Sequence[Target], terms: Terms) -> None:
    """Tell who follows the people of these companies which of their fields changed."""
    aliases = {
        alias
        for target in changed
        for alias in {*target.before, *target.values()}
        if target.before.get(alias) != target.values().get(alias)
    }
    # Whoever is joining one of them at the moment ends first, and is told, too. After names and
    # keys: whoever joins made those before holding these.
    alone = lock([target.company for target in changed if target.company is not None])
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [alone])
        people = [row[0] for row in cursor.fetchall()]
    reads = [f"company:{alias}" for alias in sorted(aliases)]
    announce(people, reads, depth=terms.depth, bulk=terms.bulk)
