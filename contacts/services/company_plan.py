"""Decides for each row of a file of companies which it means: a known one, a new one, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from contacts.company_catalogue import companies
from contacts.models import Company, CompanyTrace
from contacts.services import company_keys
from contacts.services.companies import FIND
from contacts.services.company_keys import folded
from contacts.services.identity import Key
from contacts.services.plan import Row, Terms
from kernel.documents import loads
from kernel.registry import Problem

LOOKS = 4
LOCK = """
SELECT id, name, attrs::text, owner_id FROM company
WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"""
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


class Plan:
    """Which company each row means: a known one, a new one, or none."""

    def __init__(self, rows: Sequence[Row], terms: Terms, *, lock: bool) -> None:
        self.terms = terms
        self.targets: list[Target] = []
        self.rejected: dict[int, list[Problem]] = {}
        # Whoever only asks what would become of rows waits for nobody.
        self.unique = company_keys.held() if lock else company_keys.unique()
        if terms.match not in {"name", "id", *self.unique}:
            raise ValueError(f"Companies cannot be matched by {terms.match}: it is not unique.")
        self._keys = [company_keys.keys(row, self.unique) for row in rows]
        self._look(rows, lock=lock)
        self._allowed = terms.allowed(self._known) if terms.allowed else set(self._known)
        self._by_id: dict[int, Target] = {}
        # By name, and by the values of unique fields.
        self._by_key: dict[Key, Target] = {}
        specs = companies().custom
        self._defaults = {s.alias: s.default for s in specs if s.default is not None}
        for place, row in enumerate(rows):
            self._add(place, row)

    def _look(self, rows: Sequence[Row], *, lock: bool) -> None:
        """Find whom rows mean: again where a company became part of another meanwhile."""
        wanted = {key for keys in self._keys for key in keys.items() if key[1] is not None}
        names = {row["name"] for row in rows if row.get("name")}
        for _attempt in range(LOOKS):
            owners, former = company_keys.holders(wanted)  # type: ignore[arg-type]  # none is None
            self._owners = {("name", key): company for key, company in _found(names).items()}
            self._owners |= owners
            meant = {**former, **self._owners}
            self._meant = {key: meant[key] for key in meant if key[0] in {"name", self.terms.match}}
            self._ids = self._wanted(rows)
            theirs = set(self._meant.values())
            self._known = _known({*self._ids.values(), *theirs}, lock=lock)
            # Whoever gave a value up before being locked is not meant by it.
            if theirs <= self._known.keys() and (
                not lock or company_keys.holders(wanted) == (owners, former)  # type: ignore[arg-type]
            ):
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
        keys = {(alias, key) for alias, key in self._keys[place].items() if key is not None}
        if row.get("name"):
            keys.add(("name", folded(row["name"])))
        target = self._target(place, row, keys)
        if target is None:
            return
        row = self._to_take(row, target)
        keys = {key for key in keys if key[0] in {*row, match}}
        if self._is_taken(place, keys, target):
            return
        if not target.places:
            self.targets.append(target)
        target.take(place, row)
        self._by_key |= dict.fromkeys(keys, target)
        if target.company is not None:
            self._by_id[target.company] = target

    def _to_take(self, row: Row, target: Target) -> Row:
        """Keep what is written: who is found by a value keeps its spelling, and is only filled."""
        if self.terms.mode == "fill" and (target.places or target.company is not None):
            return {alias: value for alias, value in row.items() if not target.has(alias)}
        found = target.company is not None and target.has(self.terms.match)
        if self.terms.match == "id" or not found:
            return row
        return {alias: value for alias, value in row.items() if alias != self.terms.match}

    def _target(self, place: int, row: Row, keys: set[Key]) -> Target | None:
        """Return the target a row means, a new one where nobody is known; None if refused."""
        match = self.terms.match
        by = next((key for key in keys if key[0] == match), None)
        if by is not None and by in self._by_key:
            return self._by_key[by]
        company = self._ids.get(row["id"]) if by is None else self._meant.get(by)
        if company is not None and company in self._known:
            return self._by_id.get(company) or self._existing(place, company)
        if by is not None and (found := self._without_value(row)):
            return found
        if match == "id" or self.terms.mode == "update":
            self._refuse(place, match, "not_found", _("There is no such company."))
            return None
        if not row.get("name"):
            self._refuse(place, "name", "required", _("A company needs a name."))
            return None
        return Target(None, attrs=dict(self._defaults))

    def _without_value(self, row: Row) -> Target | None:
        """Return the company of the row's name, if it lacks the value that rows are matched by.

        It was made by its name before anybody knew the value.
        """
        if self.terms.match == "name" or self.terms.mode == "create" or not row.get("name"):
            return None
        key = ("name", folded(row["name"]))
        company = self._meant.get(key)
        target = self._by_key.get(key) or self._by_id.get(company or 0)
        if target is None and company in self._known and company in self._allowed:
            target = self._read(company)
        return target if target and not target.has(self.terms.match) else None

    def _existing(self, place: int, company: int) -> Target | None:
        match = self.terms.match
        if self.terms.mode == "create":
            alias = "name" if match == "id" else match
            self._refuse(place, alias, "taken", _taken(alias))
            return None
        if company not in self._allowed:
            self._refuse(place, match, "not_found", _("There is no such company."))
            return None
        return self._read(company)

    def _read(self, company: int) -> Target:
        name, attrs, owner = self._known[company]
        before = {**attrs, "name": name, "owner": owner}
        return Target(company, name, dict(attrs), owner, before)

    def _is_taken(self, place: int, keys: set[Key], target: Target) -> bool:
        """Refuse a row whose name, or value of a unique field, is another company's."""
        for key in sorted(keys):
            holder, planned = self._owners.get(key), self._by_key.get(key)
            if holder not in {None, target.company} or planned not in {None, target}:
                self._refuse(place, key[0], "taken", _taken(key[0]))
                return True
        return False

    def _refuse(self, place: int, alias: str, code: str, message: str) -> None:
        self.rejected[place] = [{"field": alias, "code": code, "message": message}]


def _taken(alias: str) -> str:
    return _("There is a company of this name.") if alias == "name" else company_keys.taken()


def _found(names: set[str]) -> dict[str, int]:
    """Return the company of each name's key, those that merged ones became included."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [sorted(names)])
        return {folded(name): company for name, company in cursor.fetchall()}


def _known(ids: set[int], *, lock: bool) -> dict[int, tuple[str, dict[str, Any], int | None]]:
    if not lock:
        rows = Company.objects.filter(pk__in=ids).values_list("pk", "name", "attrs", "owner_id")
        return {number: (name, attrs, owner) for number, name, attrs, owner in rows}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(ids)])
        return {row[0]: (row[1], loads(row[2]), row[3]) for row in cursor.fetchall()}
