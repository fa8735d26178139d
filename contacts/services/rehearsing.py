"""Says what would become of rows as things stand, writing nothing and locking nobody."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from contacts.catalogue import Catalogue
from contacts.services.identity import identity
from contacts.services.knowing import filled, looked_up
from contacts.services.plan import Plan, Row, Terms
from kernel.registry import Problem


@dataclass(frozen=True)
class Rehearsal:
    """The problems of each row that would not be taken, by its place, and who loses what."""

    rejected: dict[int, list[Problem]]
    # Aliases whose values the known ones would lose, by their number.
    emptied: dict[int, list[str]] = field(default_factory=dict)
    # Whom each row means that is known, by its place.
    meant: dict[int, int] = field(default_factory=dict)
    # How many rows mean what another row means, too; told of companies matched by name.
    sharing: int = 0

    @property
    def cleared(self) -> Counter[str]:
        """Count the values lost, by alias."""
        return Counter(alias for aliases in self.emptied.values() for alias in aliases)


def rehearse(rows: Sequence[Row], terms: Terms, fields: Catalogue) -> Rehearsal:
    """Tell what `upsert.write` would refuse, and which values of known contacts it would clear."""
    who = identity(fields)
    keys = [who.keys(row) for row in rows]
    plan = Plan(fields, who, terms, looked_up(rows, keys, who, terms))
    for place, row in enumerate(rows):
        plan.add(place, row, keys[place])
    meant = {place: t.contact for t in plan.targets if t.contact for place in t.places}
    return Rehearsal(plan.rejected, _emptied(plan), meant)


def _emptied(plan: Plan) -> dict[int, list[str]]:
    asked = {
        target.contact: [alias for alias, value in target.values.items() if value is None]
        for target in plan.targets
        if target.contact is not None
    }
    has = filled(contact for contact, aliases in asked.items() if aliases)
    lost = {
        contact: [alias for alias in aliases if alias in has.get(contact, ())]
        for contact, aliases in asked.items()
    }
    return {contact: aliases for contact, aliases in lost.items() if aliases}
