"""Decides for each incoming row whom it means: a known contact, a new one, or nobody.

Rows are taken in order, as if they came one after the other; rows that mean the same contact
become one write, in which the later values win.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, FieldSpec
from contacts.services.identity import Identity, Key
from contacts.services.statements import Telling
from kernel.registry import Problem

# `fill` is `upsert`, but what has a value keeps it.
Mode = Literal["upsert", "create", "update", "fill"]
Row = Mapping[str, Any]
Keys = Mapping[str, str | None]


@dataclass(frozen=True)
class Terms:
    """How rows are to be written."""

    match: str = "email"
    mode: Mode = "upsert"
    bulk: bool = False
    depth: int = 0
    # Who wrote, kept with the event: `api`, `import:7`, `campaign:3` …
    source: str = ""
    # Which of these contacts the caller may change; None = all.
    allowed: Callable[[Iterable[int]], set[int]] | None = None
    # The caller announces what was touched, once for all: see `statements.Telling`.
    quiet: bool = False
    # The caller begins its whole transaction again when it is `Overtaken`: no savepoint is made.
    restarts: bool = False

    def telling(self) -> Telling:
        """Return how what is written is told."""
        return Telling(self.depth, self.bulk, self.quiet)


@dataclass(eq=False, slots=True)
class Target:
    """One contact to write: its merged values, and the rows they came from."""

    contact: int | None
    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str | None] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    # Rows after the first that changed nothing of what the earlier ones said.
    repeated: set[int] = field(default_factory=set)

    def take(self, place: int, row: Row, keys: Keys) -> None:
        """Add a row; its values win over those of earlier rows."""
        if self.places and row.items() <= self.values.items():
            self.repeated.add(place)
        self.values |= row
        self.keys |= keys
        self.places.append(place)


class Refused(Exception):  # noqa: N818 - an answer about one row, caught here
    """One row that cannot be written."""

    def __init__(self, alias: str, code: str, message: str) -> None:
        super().__init__(message)
        self.problem: Problem = {"field": alias, "code": code, "message": message}


@dataclass
class Known:
    """What the database says about the rows' identifiers, read before planning."""

    owners: dict[Key, int]
    # Whom those became that had these identifiers: nobody has them now.
    former: dict[Key, int]
    # The contacts of each address, where several may share one.
    by_email: dict[str, list[int]]
    # Locked, and the caller may change them.
    ids: set[int]
    # The aliases each of them has values of, where that matters.
    filled: Mapping[int, Set[str]] = field(default_factory=dict)


class Plan:
    """The targets of one call, and the rows that were refused."""

    def __init__(self, fields: Catalogue, who: Identity, terms: Terms, known: Known) -> None:
        self.terms = terms
        self.targets: list[Target] = []
        self.rejected: dict[int, list[Problem]] = {}
        self._who = who
        self._known = known
        self._required = [spec for spec in fields.custom if spec.required]
        self._defaults = {
            spec.alias: spec.default for spec in fields.custom if spec.default is not None
        }
        self._is_unique = terms.match in who.kinds
        self._by_id: dict[int, Target] = {}
        self._by_key: dict[Key, Target] = {}

    def add(self, place: int, row: Row, keys: Keys) -> None:
        """Find the row's target, or refuse it."""
        try:
            match_key = self._match_key(row, keys)
            target = self._target(row, match_key)
            if target is not None and self.terms.mode == "fill":
                row, keys = self._lacking(row, target), self._lacking(keys, target)
            if self._required:
                self._check_required(row, target)
            self._check_conflicts(keys, target)
        except Refused as refused:
            self.rejected[place] = [refused.problem]
            return
        if target is None:
            target = Target(None, dict(self._defaults))
        if not target.places:
            self.targets.append(target)
            if target.contact is not None:
                self._by_id[target.contact] = target
        if target.places or target.contact is not None:
            # Who is found by a value keeps its spelling: `ANA@…` is no change of `ana@…`.
            row = {alias: value for alias, value in row.items() if alias != self.terms.match}
            theirs = {kind: value for kind, value in keys.items() if kind != self.terms.match}
            target.take(place, row, theirs)
        else:
            target.take(place, row, keys)
        self._remember(target, keys, match_key)

    def _lacking(self, values: Mapping[str, Any], target: Target) -> Mapping[str, Any]:
        """Keep what neither the contact nor an earlier row has; what they are matched by, too."""
        has = self._known.filled.get(target.contact or 0, frozenset())
        return {
            alias: value
            for alias, value in values.items()
            if alias == self.terms.match or (alias not in has and target.values.get(alias) is None)
        }

    def _remember(self, target: Target, keys: Keys, match_key: Key | None) -> None:
        """Let later rows find this target by its identifiers."""
        for key in keys.items():
            if key[1] is not None:
                self._by_key[key] = target  # type: ignore[index]  # the value was just checked
        if match_key is not None:
            self._by_key[match_key] = target

    def _match_key(self, row: Row, keys: Keys) -> Key | None:
        """Return what the row is matched by; None where rows only create, or name an id."""
        match = self.terms.match
        if self.terms.mode == "create":
            return None
        if row.get(match) is None:
            raise Refused(
                match, "required", _("The value that contacts are matched by is missing.")
            )
        if match == "id":
            return None
        return (match, keys.get(match) or self._who.key(match, row[match]))

    def _target(self, row: Row, key: Key | None) -> Target | None:
        """Return the target a row means, None for a new contact."""
        if self.terms.mode == "create":
            return None
        if key is None:
            return self._existing(row["id"], "id")
        if key in self._by_key:
            return self._by_key[key]
        found = self._holder(key) if self._is_unique else self._sharing(key)
        if found is not None:
            return self._existing(found, key[0])
        if self.terms.mode == "update":
            raise Refused(key[0], "not_found", _("No contact has this value."))
        return None

    def _holder(self, key: Key) -> int | None:
        """Return whose an identifier is, or was before merging."""
        return self._known.owners.get(key) or self._known.former.get(key)

    def _sharing(self, key: Key) -> int | None:
        contacts = self._known.by_email.get(key[1], [])
        if len(contacts) > 1:
            raise Refused(key[0], "ambiguous", _("Several contacts have this value."))
        return contacts[0] if contacts else None

    def _existing(self, contact: int, alias: str) -> Target:
        if contact not in self._known.ids:
            if alias != "id":
                raise Refused(alias, "taken", _("Another contact has this value already."))
            raise Refused(alias, "not_found", _("There is no such contact."))
        return self._by_id.get(contact) or Target(contact)

    def _check_required(self, row: Row, target: Target | None) -> None:
        for spec in self._required:
            if self._is_missing(spec, row, is_new=target is None):
                raise Refused(spec.alias, "required", _("This field needs a value."))

    def _is_missing(self, spec: FieldSpec, row: Row, *, is_new: bool) -> bool:
        if spec.alias in row:
            return row[spec.alias] is None
        return is_new and spec.default is None

    def _check_conflicts(self, keys: Keys, target: Target | None) -> None:
        """Refuse a row one of whose identifiers belongs to somebody else."""
        mine = target.contact if target else None
        for kind, value in keys.items():
            if value is None:
                continue
            owner = self._known.owners.get((kind, value))
            planned = self._by_key.get((kind, value))
            if owner not in {None, mine} or planned not in {None, target}:
                raise Refused(kind, "taken", _("Another contact has this value already."))
