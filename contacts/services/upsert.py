"""The one way contacts are written: by API, import, forms, actions, one or thousands at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db import IntegrityError, transaction

from contacts.catalogue import Catalogue, whole
from contacts.services import statements
from contacts.services.companies import Employers, find_or_make
from contacts.services.identifiers import Assignment, reassign, take_over
from contacts.services.identity import Identity, identity
from contacts.services.knowing import Moved, locked, looked_up
from contacts.services.plan import Keys, Known, Mode, Plan, Row, Target, Terms
from kernel.locks import Overtaken, again
from kernel.registry import Problem

ATTEMPTS = 8
Document = dict[str, Any]
Pair = tuple[Target, Document]
# A value's alias, and the column or key under which it is kept.
Home = tuple[str, str]
CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"


@dataclass
class UpsertResult:
    """What became of each row, and the contacts they were written to."""

    # The contact of each row, None where it was refused.
    ids: list[int | None] = field(default_factory=list)
    # `created`, `updated`, `unchanged` or `rejected`, for each row.
    outcomes: list[str] = field(default_factory=list)
    rejected: dict[int, list[Problem]] = field(default_factory=dict)
    # Distinct contacts, ascending.
    created: list[int] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)

    def take(self, target: Target, contact: int, outcome: str) -> None:
        """Note what was written for a target; rows repeated within the call count by themselves."""
        for number, place in enumerate(target.places):
            self.ids[place] = contact
            later = UNCHANGED if place in target.repeated else UPDATED
            self.outcomes[place] = later if number else outcome
        {CREATED: self.created, UPDATED: self.updated, UNCHANGED: self.unchanged}[outcome].append(
            contact
        )

    def counts(self) -> Counter[str]:
        """Count rows by outcome."""
        return Counter(self.outcomes)


def upsert(
    rows: Sequence[Row],
    *,
    match: str = "email",
    mode: Mode = "upsert",
    now: datetime,
    bulk: bool = False,
    source: str = "",
) -> UpsertResult:
    """Write rows of cleaned values by alias (`company` by name, `owner` by id, None clears).

    Rows are matched by a unique kind, by `email` or by `id`. Only what differs is written and
    announced. A call is one transaction (or a savepoint of the caller's): some thousands of rows.
    """
    return write(rows, now, Terms(match=match, mode=mode, bulk=bulk, source=source))


def write(
    rows: Sequence[Row],
    now: datetime,
    terms: Terms,
    fields: Catalogue | None = None,
    employers: Employers | None = None,
) -> UpsertResult:
    """Write rows, planning again whenever somebody else was quicker with an identifier.

    `fields` spares reading the catalogue; the caller holds it in this transaction. Raises
    `Overtaken` where others were quicker each time, or `employers` is not so any more: nothing is
    written.
    """

    def once() -> UpsertResult:
        with transaction.atomic(savepoint=not terms.restarts):
            return _write(rows, now, terms, fields or whole(held=True), employers)

    for attempt in range(ATTEMPTS):
        try:
            return again(once, ATTEMPTS)
        except (IntegrityError, Moved) as error:
            last = attempt == ATTEMPTS - 1
            if terms.restarts or (last and isinstance(error, Moved)):
                raise Overtaken from error
            if last:
                raise
    raise AssertionError  # the loop returns or raises


def _write(
    rows: Sequence[Row],
    now: datetime,
    terms: Terms,
    fields: Catalogue,
    employers: Employers | None,
) -> UpsertResult:
    who = identity(fields)
    keys = [who.keys(row) for row in rows]
    # Companies before contacts in the order of locks.
    names = {row["company"] for row in rows if row.get("company")}
    if names and (terms.mode == "fill" or (employers and employers.born)):
        names &= _companies(rows, keys, who, terms, fields)
    companies = find_or_make(names, now, employers)
    known = locked(rows, keys, who, terms)
    plan = Plan(fields, who, terms, known)
    for place, row in enumerate(rows):
        plan.add(place, row, keys[place])
    result = UpsertResult([None] * len(rows), [REJECTED] * len(rows), plan.rejected)
    if not {target.values.get("company") for target in plan.targets} <= {None, "", *companies}:
        raise Moved
    documents = list(_documents(plan, fields, companies))
    _create([pair for pair in documents if pair[0].contact is None], terms, now, result)
    _update([pair for pair in documents if pair[0].contact], known, terms, now, result)
    if known.former:
        taken = {key for target in plan.targets for key in target.keys.items()}
        take_over(known.former.keys() & taken)
    return result


def _companies(
    rows: Sequence[Row], keys: Sequence[Keys], who: Identity, terms: Terms, fields: Catalogue
) -> set[str]:
    """Return the companies that contacts will have: not of rows that are refused, or only fill."""
    plan = Plan(fields, who, terms, looked_up(rows, keys, who, terms))
    for place, row in enumerate(rows):
        plan.add(place, row, keys[place])
    return {target.values.get("company") or "" for target in plan.targets}


def _documents(
    plan: Plan, fields: Catalogue, companies: Mapping[str, int]
) -> Iterator[tuple[Target, Document]]:
    """Sort each target's values by where they are kept."""
    columns = {spec.alias: spec.alias for spec in fields.fields.values() if spec.kept == "column"}
    columns |= {alias: column for column, alias in statements.ALIASES.items()}
    custom = {alias: spec.alias for alias, spec in fields.fields.items() if spec.kept == "attrs"}

    @cache
    def homes(aliases: tuple[str, ...]) -> tuple[list[Home], list[Home]]:
        """Sort aliases, which are the same for most rows of a call."""
        return [(a, columns[a]) for a in aliases if a in columns], [
            (a, custom[a]) for a in aliases if a in custom
        ]

    for target in plan.targets:
        values = target.values
        if target.contact is None:
            values = {alias: value for alias, value in values.items() if value is not None}
        if "company" in values:
            name = values["company"]
            values = {**values, "company": companies[name] if name else None}
        wanted, kept = homes(tuple(values))
        document = {
            "wanted": {column: values[alias] for alias, column in wanted},
            "attrs": {own: values[alias] for alias, own in kept if values[alias] is not None},
            "dropped": [own for alias, own in kept if values[alias] is None],
        }
        yield target, document


def _create(documents: Sequence[Pair], terms: Terms, now: datetime, result: UpsertResult) -> None:
    if not documents:
        return
    rows = list[Document]()
    for target, document in documents:
        keys = {kind: value for kind, value in target.keys.items() if value is not None}
        given = tuple([alias for alias, value in target.values.items() if value is not None])
        rows.append(
            {
                "place": len(rows),
                "wanted": document["wanted"],
                "attrs": document["attrs"],
                "kinds": list(keys),
                "keys": list(keys.values()),
                "reads": [] if terms.quiet else _reads(given),
            }
        )
    made = statements.create(rows, now, terms.source, terms.telling())
    for place, (target, _document) in enumerate(documents):
        result.take(target, made[place], CREATED)


@lru_cache(maxsize=1_024)
def _reads(given: tuple[str, ...]) -> list[str]:
    """Return what is announced of values; rows of one call mostly give the same."""
    return sorted(f"field:{alias}" for alias in given)


def _update(
    documents: Sequence[Pair], known: Known, terms: Terms, now: datetime, result: UpsertResult
) -> None:
    if not documents:
        return
    rows, assignments = list[Document](), list[Assignment]()
    for target, document in documents:
        contact = int(target.contact or 0)
        rows.append({"id": contact, **document})
        assignments += [
            (contact, kind, value)
            for kind, value in target.keys.items()
            if value is None or known.owners.get((kind, value)) != contact
        ]
    changed = statements.update(rows, now, terms.telling())
    reassign(assignments)
    for row, (target, _document) in zip(rows, documents, strict=True):
        result.take(target, row["id"], UPDATED if changed[row["id"]] else UNCHANGED)
