"""Makes one company of several: its people move slice by slice, then the others are gone."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contacts.company_catalogue import kept
from contacts.models import Company, CompanyTrace
from contacts.services import company_keys
from contacts.services.companies import hold
from contacts.services.imports.companies_met import hand_over
from kernel import clock, jobs
from kernel.changes import announce
from kernel.documents import dumps, loads
from kernel.jobs import Claimed, Refusal, Unfinished
from kernel.locks import lock_contacts
from kernel.models import Job
from kernel.permissions import Actor, narrow
from kernel.registry import ConfigProblem, Problem

KIND = "contacts.merge_companies"
# As many as one looks through side by side.
MOST = 10
SLICE = 1_000
TURN_SECONDS = 10
NOBODY = gettext_noop("The company that was to stay is gone.")

NEXT = """
SELECT id FROM (
  (SELECT id FROM contact WHERE company_id = ANY(%(losers)s::bigint[]) LIMIT %(most)s)
  UNION
  (SELECT contact_id FROM company_person WHERE company_id = ANY(%(losers)s::bigint[])
   LIMIT %(most)s)) found
ORDER BY id LIMIT %(most)s"""
# Links of the same contact become one, with a role if any of them had one.
MOVE_LINKS = """
WITH gone AS (
  DELETE FROM company_person
  WHERE contact_id = ANY(%(contacts)s) AND company_id = ANY(%(losers)s::bigint[])
  RETURNING contact_id, role, since)
INSERT INTO company_person (contact_id, company_id, role, since)
SELECT DISTINCT ON (contact_id) contact_id, %(winner)s, role, since FROM gone
ORDER BY contact_id, role = '', since
ON CONFLICT (contact_id, company_id) DO UPDATE SET
  role = coalesce(nullif(company_person.role, ''), excluded.role),
  since = least(company_person.since, excluded.since)"""
MOVE_PRIMARY = """
UPDATE contact SET company_id = %(winner)s
WHERE id = ANY(%(contacts)s) AND company_id = ANY(%(losers)s::bigint[]) RETURNING id"""
ALONE = "SELECT id FROM company WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE"
VALUES = "SELECT id, attrs::text, score, owner_id FROM company WHERE id = ANY(%s::bigint[])"
FILL = """
UPDATE company SET attrs = %s::jsonb, owner_id = %s, version = version + 1, updated_at = %s,
  score = least(greatest(score::bigint + %s, -2147483648), 2147483647)::int
WHERE id = %s"""


def chosen_ones(winner: int, losers: Sequence[int], actor: Actor) -> list[int]:
    """Return the losers that are still companies; `ConfigProblem` names who is none.

    Those that are part of the winner already are passed over. Who is not seen does not exist.
    """
    traces = CompanyTrace.objects.filter(loser_id__in=losers, survivor_id=winner)
    passed = set(traces.values_list("loser_id", flat=True))
    left = [one for one in dict.fromkeys(losers) if one not in passed]
    if winner in left:
        message = _("A company cannot be merged with itself.")
        raise ConfigProblem([_said("losers", "same", message)])
    seen = _reached(actor, "view", [winner, *left])
    places = [("winner", winner), *((f"losers.{n}", one) for n, one in enumerate(losers))]
    unseen = [place for place, one in places if one in {winner, *left} - seen]
    if unseen:
        message = _("There is no such company.")
        raise ConfigProblem([_said(place, "not_found", message) for place in unseen])
    if set(left) - _reached(actor, "delete", left) or not _reached(actor, "edit", [winner]):
        raise PermissionDenied
    return left


@transaction.atomic
def start(winner: int, losers: Sequence[int], now: datetime, user_id: int | None) -> Job | None:
    """Have companies that `chosen_ones` returned become part of the winner, by a job.

    Their ids, names and unique values lead there at once, so that nobody joins them any more.
    """
    rows = list(Company.objects.filter(pk__in=losers).order_by("pk"))
    if not rows:
        return None
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [sorted([winner, *losers])])
    if CompanyTrace.objects.filter(loser_id=winner).exists():
        message = _("This company is becoming part of another one itself.")
        raise ConfigProblem([_said("winner", "merging", message)])
    CompanyTrace.objects.filter(survivor_id__in=losers).update(survivor_id=winner)
    CompanyTrace.objects.filter(name_key__in=[row.name_key for row in rows]).update(name_key=None)
    for row in rows:
        values: dict[str, Any] = {"survivor_id": winner, "name": row.name, "at": now}
        values |= {"name_key": row.name_key, "user_id": user_id}
        CompanyTrace.objects.update_or_create(loser_id=row.pk, defaults=values)
    company_keys.lead([row.pk for row in rows], winner)
    args = {"losers": [row.pk for row in rows]}
    return jobs.enqueue(KIND, args, now=now, user_id=user_id)


def run(job: Claimed) -> None:
    """Move the people, a slice a transaction; then what the companies were themselves."""
    ends = time.monotonic() + TURN_SECONDS
    while losers := _still(job.args["losers"]):
        winner = CompanyTrace.objects.filter(loser_id=losers[0]).values_list("survivor", flat=True)
        into = winner.first()
        if into is None:
            raise Refusal(NOBODY)
        # Several merges may have begun before: each loser goes where it leads by now.
        same = CompanyTrace.objects.filter(loser_id__in=losers, survivor_id=into)
        some = sorted(same.values_list("loser_id", flat=True))
        if not _moved(job, some, into):
            _united(job, some, into)
        if time.monotonic() > ends:
            raise Unfinished


def _still(losers: Sequence[int]) -> list[int]:
    rows = Company.objects.filter(pk__in=losers).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _moved(job: Claimed, losers: Sequence[int], winner: int) -> int:
    """Move some people; return how many there were to move."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not hold([winner]):
            return 0
        cursor.execute(NEXT, {"losers": list(losers), "most": SLICE})
        contacts = lock_contacts(row[0] for row in cursor.fetchall())
        if not contacts:
            return 0
        values: dict[str, Any] = {"losers": list(losers), "winner": winner}
        values["contacts"] = contacts
        cursor.execute(MOVE_LINKS, values)
        cursor.execute(MOVE_PRIMARY, values)
        announce([row[0] for row in cursor.fetchall()], ["field:company"], bulk=True)
        job.keep(rows=int(job.progress.get("rows", 0)) + len(contacts))
    return len(contacts)


def _united(job: Claimed, losers: Sequence[int], winner: int) -> None:
    """Let the winner have what it lacks, and the others be gone.

    Whoever joined one of them before its name led elsewhere holds it: then there are people again.
    """
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        unique = company_keys.held()
        cursor.execute(ALONE, [sorted([*losers, winner])])
        cursor.execute(NEXT, {"losers": list(losers), "most": 1})
        if cursor.fetchone():
            return
        job.keep()
        cursor.execute(VALUES, [[*losers, winner]])
        known = {row[0]: (loads(row[1]), row[2], row[3]) for row in cursor.fetchall()}
        values, _score, had = known.pop(winner)
        filled, owner = dict(values), had
        company_keys.lead(losers, winner)
        for loser in sorted(known):
            theirs, _points, their_owner = known[loser]
            others = _given_away(theirs, unique, winner)
            lost = {k: v for k, v in theirs.items() if k in others or filled.setdefault(k, v) != v}
            owner = owner or their_owner
            CompanyTrace.objects.filter(loser_id=loser).update(lost=lost)
        gained = sum(score for _values, score, _owner in known.values())
        cursor.execute(FILL, [dumps(filled), owner, now, gained, winner])
        company_keys.reassign(company_keys.changes(winner, values, filled, unique))
        hand_over(losers, winner)
        cursor.execute("DELETE FROM company WHERE id = ANY(%s::bigint[])", [list(losers)])
        changed = [alias for alias in kept() if values.get(alias) != filled.get(alias)]
        more = {"score": gained, "owner": owner != had}
        _tell(cursor, winner, [*changed, *(name for name, new in more.items() if new)])


def _given_away(values: Mapping[str, Any], unique: Iterable[str], winner: int) -> set[str]:
    """Name the unique values that another company was given since they led to the winner."""
    found = company_keys.keys(values, unique)
    asked = {(alias, key) for alias, key in found.items() if key is not None}
    owners = company_keys.holders(asked).owners
    return {alias for (alias, _key), company in owners.items() if company != winner}


def _tell(cursor: Any, winner: int, changed: Sequence[str]) -> None:
    """Tell those who follow the winner's people what it has now."""
    if changed:
        reads = [f"company:{alias}" for alias in changed]
        cursor.execute("SELECT id FROM contact WHERE company_id = %s", [winner])
        announce((row[0] for row in cursor.fetchall()), reads, bulk=True)


def _reached(actor: Actor, verb: str, companies: Sequence[int]) -> set[int]:
    rows = narrow(Company.objects.filter(pk__in=companies), actor, "companies", verb)
    return set(rows.values_list("pk", flat=True))


def _said(place: str, code: str, message: str) -> Problem:
    return {"field": place, "code": code, "message": message}
