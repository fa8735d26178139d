"""Says which rows would be refused as things stand, writing nothing and locking nobody."""

from collections.abc import Sequence

from contacts.catalogue import Catalogue
from contacts.services.identity import identity
from contacts.services.knowing import looked_up
from contacts.services.plan import Plan, Row, Terms
from kernel.registry import Problem


def refusals(rows: Sequence[Row], terms: Terms, fields: Catalogue) -> dict[int, list[Problem]]:
    """Return the problems of each row that `upsert.write` would not take, by its place."""
    who = identity(fields)
    keys = [who.keys(row) for row in rows]
    plan = Plan(fields, who, terms, looked_up(rows, keys, who, terms))
    for place, row in enumerate(rows):
        plan.add(place, row, keys[place])
    return plan.rejected
