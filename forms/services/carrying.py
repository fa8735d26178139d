"""Carries out what forms do when they were sent: each action once for each submission."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from forms.models import Form, FormVersion, Submission
from kernel.actions import Batch, contact_actions, run_action
from kernel.locks import again, lock_contacts

MOST = 500

OPEN = "SELECT EXISTS (SELECT 1 FROM form_submission WHERE done_at IS NULL)"
# Of one contact one submission at a time: an action is run for people, each named once.
CANDIDATES = """
SELECT DISTINCT ON (form_id, contact_id) id, form_id, contact_id FROM (
  SELECT id, form_id, contact_id FROM form_submission WHERE done_at IS NULL ORDER BY id LIMIT %s) s
ORDER BY form_id, contact_id, id"""
# Contacts are locked by then, as everywhere before rows about them; who was merged is next time's.
TAKE = """
SELECT s.id FROM form_submission s
JOIN unnest(%s::bigint[], %s::bigint[]) w(id, contact) ON w.id = s.id
WHERE s.done_at IS NULL AND s.contact_id IS NOT DISTINCT FROM w.contact
ORDER BY s.contact_id FOR UPDATE OF s SKIP LOCKED"""

FINISH = """
UPDATE form_submission s SET done_at = %s,
  problem = concat_ws(chr(10), nullif(s.problem, ''), w.told)
FROM unnest(%s::bigint[], %s::text[]) w(id, told) WHERE s.id = w.id"""


def is_due() -> bool:
    """Say whether the actions of any submission are still to be carried out."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        return bool(cursor.fetchone()[0])


def carry_out(now: datetime) -> tuple[int, set[str]]:
    """Do what forms do for some submissions; return for how many, and the queues to wake."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [MOST])
        rows = cursor.fetchall()
    done, wake = 0, set[str]()
    for number in sorted({form for _id, form, _contact in rows}):
        mine = [(pk, contact) for pk, form, contact in rows if form == number]
        count, more = again(partial(_batch, number, mine, now))
        done, wake = done + count, wake | more
    return done, wake


@transaction.atomic
def _batch(
    number: int, candidates: Sequence[tuple[int, int | None]], now: datetime
) -> tuple[int, set[str]]:
    """Hold some rows to the end: that is the claim, and the runner's rows are the proof of once."""
    held = {*lock_contacts(contact for _pk, contact in candidates if contact is not None)}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [[pk for pk, _c in candidates], [c for _pk, c in candidates]])
        taken = [row[0] for row in cursor.fetchall()]
    rows = list(Submission.objects.in_bulk(taken).values())
    mine = sorted((row for row in rows if row.contact_id in held), key=_contact)
    problems, wake = _act(number, mine, now) if mine else ({}, set())
    told = ["\n".join(problems.get(_contact(row), [])) or None for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(FINISH, [now, [row.pk for row in rows], told])
    return len(rows), wake


def _contact(row: Submission) -> int:
    return row.contact_id or 0


def _act(
    number: int, rows: Sequence[Submission], now: datetime
) -> tuple[dict[int, list[str]], set[str]]:
    form = Form.objects.get(pk=number)
    contacts = [_contact(row) for row in rows]
    problems: dict[int, list[str]] = {}
    wake = set[str]()
    context = _context(form, rows) if form.actions else {}
    for step in form.actions:
        kind = contact_actions.get(step["key"])
        if kind is None:
            continue
        causes = [f"form:{row.pk}:{step['id']}" for row in rows]
        batch = Batch(contacts, causes, depth=1, context=context)
        outcomes = run_action(kind(step["config"]), batch, now)
        wake |= outcomes.wake
        for contact, why in {**outcomes.skipped, **outcomes.failed, **outcomes.refused}.items():
            problems.setdefault(contact, []).append(f"{step['key']}: {why}")
    return problems, wake


def _context(form: Form, rows: Sequence[Submission]) -> dict[int, dict[str, Any]]:
    """Return what messages may say of each: `event.NAME` is the answer to a field."""
    versions = FormVersion.objects.in_bulk({row.version_id for row in rows})
    found = {}
    for row in rows:
        names = {one["id"]: one["name"] for one in versions[row.version_id].fields if "name" in one}
        answers = {names[key]: value for key, value in row.answers.items() if key in names}
        found[_contact(row)] = {**answers, "name": form.name, "submission": str(row.pk)}
    return found
