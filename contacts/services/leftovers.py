"""Where people's own words still name somebody who was erased, until somebody saw to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contacts.models import Erasure
from kernel import subjects
from kernel.permissions import Actor

MOST = 200


@dataclass(frozen=True)
class Leftover:
    """One place, and whose erasure it is about."""

    contact: int
    at: datetime
    kind: str
    number: int
    # Empty for whoever may not see it.
    name: str


def open_ones(user: Actor) -> list[Leftover]:
    """Return them, the latest erasures first; what was deleted meanwhile names nobody."""
    rows = [
        (row, [(str(kind), int(number)) for kind, number in row.leftovers or ()])
        for row in Erasure.objects.filter(leftovers__isnull=False).order_by("-at")[:MOST]
    ]
    places: dict[str, set[int]] = {}
    for _row, named in rows:
        for kind, number in named:
            places.setdefault(kind, set()).add(number)
    there = {kind: subjects.names(kind, numbers) for kind, numbers in places.items()}
    seen = {kind: subjects.seen_names(kind, numbers, user) for kind, numbers in places.items()}
    return [
        Leftover(row.contact_id, row.at, kind, number, seen[kind].get(number, ""))
        for row, named in rows
        for kind, number in named
        if number in there[kind]
    ]


def settle(contacts: Sequence[int]) -> int:
    """Note that somebody saw to them; return for how many erasures."""
    return Erasure.objects.filter(contact_id__in=contacts, leftovers__isnull=False).update(
        leftovers=None
    )
