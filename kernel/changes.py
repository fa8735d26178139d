"""Change sets: what changed for whom, written in the transaction of the change itself.

`reads` names what a filter would have to read again: `field:country`, `tags`, `segment:7`,
`event:emails.opened`, `state:points`, `consent`. A row holds up to 1,000 contacts of one lane,
and, when it tells of an event, the arrays aligned with them.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from kernel import clock
from kernel.locks import LANES

logger = logging.getLogger(__name__)

# Reactions to reactions stop here: two segments that feed each other would go on for ever.
DEEPEST = 8
# Above this many contacts one shared pass over the segments is cheaper than the lanes.
SHARED_PASS = 20_000
CHUNK = 1_000
# Read by nobody's filter: the contact is no more. Alone among changes it stays the loser's.
GONE = "contact:gone"
# A row as the dispatcher claims it: id, depth, contacts, type, events, subjects, times, reads.
Row = tuple[int, int, list[int], int | None, list[int] | None, Any, Any, list[str]]

ANNOUNCE = f"""
INSERT INTO change (bulk, lane, depth, contact_ids, reads, created_at)
SELECT %(bulk)s, lane, %(depth)s, array_agg(contact ORDER BY contact), %(reads)s, %(at)s
FROM (SELECT contact, (contact %% {LANES})::smallint lane,
             row_number() OVER (PARTITION BY contact %% {LANES} ORDER BY contact) / {CHUNK} part
      FROM unnest(%(contacts)s::bigint[]) contact) parts
GROUP BY lane, part"""  # noqa: S608 - two integers of ours


@dataclass(frozen=True, slots=True)
class Change:
    """One contact's part of a change set."""

    contact: int
    reads: tuple[str, ...]
    event: int | None = None
    type_id: int | None = None
    subject: int | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Changes:
    """What a subscriber reacts to: changes of one depth, those of each contact in order."""

    depth: int
    bulk: bool
    changes: list[Change]
    # Configuration that changed for everybody (contacts are not listed): the reads it touches.
    everyone: frozenset[str] = frozenset()
    wake: set[str] = field(default_factory=set)
    # What an earlier subscriber of this round changed for contacts of the batch.
    also: set[str] = field(default_factory=set)

    def contacts(self) -> list[int]:
        """Return the distinct contacts, ascending."""
        return sorted({change.contact for change in self.changes})

    def reads(self) -> frozenset[str]:
        """Return everything that changed for any of them."""
        return frozenset(read for change in self.changes for read in change.reads) | self.also

    def events(self, *types: int) -> list[Change]:
        """Return the changes that tell of an event of these types, in order."""
        return [change for change in self.changes if change.type_id in types]


def announce(
    contacts: Iterable[int],
    reads: Sequence[str],
    *,
    depth: int = 0,
    bulk: bool = False,
) -> None:
    """Write that these contacts changed in what `reads` names; same transaction as the change."""
    ids = sorted(set(contacts))
    if not ids or not reads:
        return
    if len(ids) > SHARED_PASS:
        announce_everyone(reads, depth=depth)
        return
    if too_deep(depth, reads):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ANNOUNCE,
            {
                "bulk": bulk,
                "depth": depth,
                "reads": list(reads),
                "contacts": ids,
                "at": clock.now(),
            },
        )


def announce_everyone(reads: Sequence[str], *, depth: int = 0) -> None:
    """Write that something changed for (possibly) every contact: a tag, an option, a filter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO change (bulk, lane, depth, contact_ids, reads, created_at)"
            " VALUES (true, 0, %s, '{}', %s, %s)",
            [depth, list(reads), clock.now()],
        )


def too_deep(depth: int, reads: Sequence[str]) -> bool:
    """Say whether a reaction would be one too many, and leave a trace of it."""
    if depth <= DEEPEST:
        return False
    logger.warning("Reactions stopped at depth %s: %s", depth, ", ".join(reads))
    return True
