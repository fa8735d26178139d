"""What would become of rows, as far as one can tell before they are taken in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from contacts.catalogue import Catalogue
from contacts.services import company_upsert
from contacts.services.imports import employers, objects
from contacts.services.imports.convert import Converted
from contacts.services.imports.identities import find_owner
from contacts.services.imports.newfields import with_new
from contacts.services.imports.objects import KINDS
from contacts.services.imports.optin import liftable
from contacts.services.imports.options import Options
from contacts.services.imports.plan import Plan
from contacts.services.imports.reading import Row
from contacts.services.imports.start import Starter
from contacts.services.imports.terms import give_owner
from contacts.services.plan import Mode, Terms
from contacts.services.rehearsing import Rehearsal, rehearse

# Counted beside the values that empty cells clear; no field can be called so.
LIFTED = "-unsubscribed"
Looked = list[tuple[Row, Converted]]


def known_fields(options: Options) -> Catalogue:
    """Return the fields of what the rows are, those to be made included."""
    kind = KINDS[options.object]
    return with_new(kind.fields(), options.new_fields, kind.key)[0]


def converted(rows: Sequence[Row], settled: Plan, known: Catalogue, now: datetime) -> Looked:
    """Read the cells of rows by the plan of their file."""
    converter = settled.converter(known, now)
    return [(row, Converted({}) if row.problem else converter.convert(row.cells)) for row in rows]


def sound(looked: Looked) -> list[Converted]:
    """Return what the rows without a fault of their own say."""
    return [found for row, found in looked if not row.problem and not found.problems]


def rehearsed(
    found: Sequence[Converted], options: Options, known: Catalogue, starter: Starter | None
) -> Rehearsal:
    """Tell what only shows beside other rows and people: no key, taken, not found, required."""
    mine = starter is not None and starter.only_own
    owner = find_owner(options.owner)
    if starter is not None and mine and owner is None:
        owner = starter.user_id
    bare = [replace(one, values=dict(one.values)) for one in found]
    for one in bare:
        give_owner(one, owner, only_own=mine)
    kind = KINDS[options.object]
    allowed = objects.mine(kind, starter.user_id) if starter is not None and mine else None
    terms = Terms(options.match, cast("Mode", options.mode), allowed=allowed)
    rows = [one.values for one in bare]
    if options.object == objects.COMPANY:
        return company_upsert.rehearse(rows, terms)
    placed = employers.placed(rows, holds=False)
    tried = rehearse(placed.rows, terms, known)
    tried.rejected.update(placed.rejected)
    if options.opt_in is not None and options.opt_in.asked_again:
        said = [(contact, found[place].opted_in) for place, contact in tried.meant.items()]
        for contact in liftable(said):
            tried.emptied.setdefault(contact, []).append(LIFTED)
    return tried
