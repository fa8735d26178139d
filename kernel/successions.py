"""Who became whom: what changed for contacts that were merged is told to the survivor's lane.

A writer that began before a merge may record for the loser after it. The dispatcher asks here
before anybody reacts; it holds the loser's lane, as a merge does, so nobody is merged meanwhile.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import connection

from kernel import clock
from kernel.changes import GONE, Row
from kernel.locks import LANES

# Returns, of some contacts, whom those became that were merged.
Successors = Callable[[Iterable[int]], Mapping[int, int]]
_declared: list[Successors] = []

FORWARD = """
INSERT INTO change (bulk, lane, depth, contact_ids, type_id, event_ids, subject_ids,
                    occurred_ats, reads, created_at)
VALUES (%s, %s, %s, %s::bigint[], %s, %s::bigint[], %s::bigint[], %s::timestamptz[], %s, %s)"""
RENAME = """
UPDATE event e SET contact_id = n.contact
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) n(id, at, contact)
WHERE e.id = n.id AND e.occurred_at = n.at"""


def declare(successors: Successors) -> None:
    """Let an app tell whom merged contacts became; called from `plugins`."""
    _declared.append(successors)


def forwarded(rows: Sequence[Row], *, bulk: bool) -> list[Row]:
    """Hand on what tells of merged contacts; return what is left, in order."""
    named = {contact for row in rows if GONE not in row[7] for contact in row[2]}
    became = {loser: winner for find in _declared for loser, winner in find(named).items()}
    if not became:
        return list(rows)
    left = list[Row]()
    for row in rows:
        if GONE in row[7] or became.keys().isdisjoint(row[2]):
            left.append(row)
            continue
        places: dict[int | None, list[int]] = defaultdict(list)
        for place, contact in enumerate(row[2]):
            places[became.get(contact)].append(place)
        for winner, theirs in places.items():
            part = _part(row, theirs)
            if winner is None:
                left.append(part)
            else:
                _forward(part, winner, bulk=bulk)
    return left


def _part(row: Row, places: Sequence[int]) -> Row:
    """Return some contacts of a row with what is aligned to them."""
    number, depth, contacts, kind, events, subjects, times, reads = row
    mine = [contacts[place] for place in places]
    if events is None:
        return number, depth, mine, kind, None, None, None, reads
    aligned = [[column[place] for place in places] for column in (events, subjects, times)]
    return number, depth, mine, kind, aligned[0], aligned[1], aligned[2], reads


def _forward(row: Row, winner: int, *, bulk: bool) -> None:
    """Write a row of the loser's again as the winner's; its events get the winner's name."""
    _number, depth, contacts, kind, events, subjects, times, reads = row
    winners = [winner] * len(contacts)
    aligned = [winners, kind, events, subjects, times]
    with connection.cursor() as cursor:
        if events is not None:
            cursor.execute(RENAME, [events, times, winners])
        cursor.execute(FORWARD, [bulk, winner % LANES, depth, *aligned, reads, clock.now()])
