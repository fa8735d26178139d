"""Companies written in batches, matched by name or id: only what differs is written and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from contacts.company_catalogue import companies
from contacts.models import Company, CompanyTrace
from contacts.services.companies import FIND
from contacts.services.company_records import TAKE_NAMES
from contacts.services.imports.undo_companies import lock
from contacts.services.plan import Row, Terms
from contacts.services.rehearsing import Rehearsal
from contacts.services.upsert import CREATED, REJECTED, UNCHANGED, UPDATED, UpsertResult
from kernel.changes import SHARED_PASS, announce
from kernel.documents import dumps, loads
from kernel.registry import Problem

ATTEMPTS = 4
LOCK = """
SELECT id, name, attrs::text, owner_id FROM company
WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"""
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
BESIDE = frozenset({"id", "name", "owner"})


@dataclass(eq=False)
class Target:
    """One company to write: what it has, what it had, and the rows it comes from."""

    company: int | None
    name: str = ""
    attrs: dict[str, Any] = field(default_factory=dict)
    owner: int | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)

    def take(self, place: int, row: Row) -> None:
        """Add a row; its values win over those of earlier rows."""
        self.places.append(place)
        self.name = row.get("name") or self.name
        self.owner = row.get("owner", self.owner)
        for alias, value in row.items():
            if alias in BESIDE:
                continue
            if value is None:
                self.attrs.pop(alias, None)
            else:
                self.attrs[alias] = value

    def has(self, alias: str) -> bool:
        """Say whether there is a value."""
        return self.values().get(alias) is not None

    def values(self) -> dict[str, Any]:
        """Return all of it, for comparing."""
        return {**self.attrs, "name": self.name, "owner": self.owner}

    def document(self) -> dict[str, Any]:
        """Write it for a statement."""
        one = {"id": self.company, "name": self.name, "attrs": self.attrs}
        return {**one, "owner": self.owner}


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


class Plan:
    """Which company each row means: a known one, a new one, or none."""

    def __init__(self, rows: Sequence[Row], terms: Terms, *, lock: bool) -> None:
        self.terms = terms
        self.targets: list[Target] = []
        self.rejected: dict[int, list[Problem]] = {}
        self._look(rows, lock=lock)
        self._allowed = terms.allowed(self._known) if terms.allowed else set(self._known)
        self._by_id: dict[int, Target] = {}
        self._by_key: dict[str, Target] = {}
        specs = companies().custom
        self._defaults = {s.alias: s.default for s in specs if s.default is not None}
        for place, row in enumerate(rows):
            self._add(place, row)

    def _look(self, rows: Sequence[Row], *, lock: bool) -> None:
        """Find whom names and ids mean: again where a company became part of another meanwhile."""
        for _attempt in range(ATTEMPTS):
            self._names = _found({row["name"] for row in rows if row.get("name")})
            self._ids = self._wanted(rows)
            self._known = _known({*self._ids.values(), *self._names.values()}, lock=lock)
            if set(self._names.values()) <= self._known.keys():
                break

    def _wanted(self, rows: Sequence[Row]) -> dict[int, int]:
        """Return which company each id of the rows is by now: merged ones are followed."""
        if self.terms.match != "id":
            return {}
        ids = {row["id"] for row in rows if row.get("id")}
        traces = CompanyTrace.objects.filter(loser_id__in=ids)
        return {each: each for each in ids} | dict(traces.values_list("loser_id", "survivor_id"))

    def _add(self, place: int, row: Row) -> None:
        match = self.terms.match
        if row.get(match) is None:
            message = _("The value that companies are matched by is missing.")
            self._refuse(place, match, "required", message)
            return
        key = _key(row.get("name") or "")
        company = self._ids[row["id"]] if match == "id" else self._names.get(key)
        target = self._by_key.get(key) if match == "name" else self._by_id.get(company or 0)
        if target is None:
            target = self._target(place, company)
        if target is None or self._is_taken(place, key, target):
            return
        if match == "name" and target.company is not None:
            # Who is found by a name keeps its spelling.
            row = {alias: value for alias, value in row.items() if alias != "name"}
        if not target.places:
            self.targets.append(target)
        if self.terms.mode == "fill" and (target.places or target.company is not None):
            row = {key: value for key, value in row.items() if not target.has(key)}
        target.take(place, row)
        self._by_key[key] = target
        if target.company is not None:
            self._by_id[target.company] = target

    def _target(self, place: int, company: int | None) -> Target | None:
        if company is not None and company in self._known:
            return self._existing(place, company)
        if self.terms.match == "id" or self.terms.mode == "update":
            self._refuse(place, self.terms.match, "not_found", _("There is no such company."))
            return None
        return Target(None, attrs=dict(self._defaults))

    def _existing(self, place: int, company: int) -> Target | None:
        if self.terms.mode == "create":
            self._refuse(place, "name", "taken", _("There is a company of this name."))
            return None
        if company not in self._allowed:
            self._refuse(place, self.terms.match, "not_found", _("There is no such company."))
            return None
        name, attrs, owner = self._known[company]
        before = {**attrs, "name": name, "owner": owner}
        return Target(company, name, dict(attrs), owner, before)

    def _is_taken(self, place: int, key: str, target: Target) -> bool:
        """Say whether a new name is another company's."""
        holder = self._names.get(key) if key else None
        planned = self._by_key.get(key) if key else None
        if holder in {None, target.company} and planned in {None, target}:
            return False
        self._refuse(place, "name", "taken", _("There is a company of this name."))
        return True

    def _refuse(self, place: int, alias: str, code: str, message: str) -> None:
        self.rejected[place] = [{"field": alias, "code": code, "message": message}]


def _key(name: str) -> str:
    return name.strip(" ").lower()


def _found(names: set[str]) -> dict[str, int]:
    """Return the company of each name's key, those that merged ones became included."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [sorted(names)])
        return {_key(name): company for name, company in cursor.fetchall()}


def _known(ids: set[int], *, lock: bool) -> dict[int, tuple[str, dict[str, Any], int | None]]:
    if not lock:
        rows = Company.objects.filter(pk__in=ids).values_list("pk", "name", "attrs", "owner_id")
        return {number: (name, attrs, owner) for number, name, attrs, owner in rows}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(ids)])
        return {row[0]: (row[1], loads(row[2]), row[3]) for row in cursor.fetchall()}


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
            if not plan.terms.quiet:
                _tell(cursor, changed, bulk=plan.terms.bulk)
    touched = {id(target) for target in changed}
    for target in plan.targets:
        outcome = UPDATED if id(target) in touched else UNCHANGED
        number = target.company
        if number is None:
            outcome, number = CREATED, made[target.name]
        for turn, place in enumerate(target.places):
            result.ids[place] = number
            result.outcomes[place] = UPDATED if turn and outcome == CREATED else outcome
    return result


def _tell(cursor: Any, changed: Sequence[Target], *, bulk: bool) -> None:
    """Tell who follows the people of these companies which of their fields changed."""
    aliases = {
        alias
        for target in changed
        for alias in {*target.before, *target.values()}
        if target.before.get(alias) != target.values().get(alias)
    }
    # Whoever is joining one of them at the moment ends first, and is told, too.
    alone = lock([target.company for target in changed if target.company is not None])
    cursor.execute(PEOPLE, [alone])
    people = [row[0] for row in cursor.fetchall()]
    announce(people, [f"company:{alias}" for alias in sorted(aliases)], bulk=bulk)
