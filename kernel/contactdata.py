"""The contract of tables with a contact key: how they merge, are handed out, and forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection

from kernel.bulk import array
from kernel.registry import Plugin, Registry

# Contacts that become one: who stays, and who goes.
Pairs = Sequence[tuple[int, int]]
# Pairs as rows of a statement; `columns` gives its values.
PAIRS = "unnest(%(winners)s::bigint[], %(losers)s::bigint[]) AS p(winner, loser)"


class ContactData(Plugin):
    """One app's rows about contacts. All run in one transaction, whatever the apps.

    A test fails on a table with a contact key that no plug-in names in `tables`.
    """

    tables: ClassVar[Sequence[str]] = ()
    # How long rows are kept; None = as long as the contact.
    retention: ClassVar[timedelta | None] = None
    # The table whose rows tell people how much there is of it; none = it is not told.
    counted: ClassVar[str] = ""

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Move everything of the losing contacts to the winning ones; repeating it is harmless.

        Nobody stands in two of the pairs, so that they may be moved in any order.
        """
        raise NotImplementedError

    def export(self, contact: int) -> dict[str, Any]:
        """Return all that is known about the person, ready for JSON, by table."""
        raise NotImplementedError

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Forget people, whose rows and lanes are locked; figures may stay, what names may not."""
        raise NotImplementedError


contact_data: Registry[ContactData] = Registry(ContactData)


def hand_over(pairs: Pairs, now: datetime) -> None:
    """Let every app move the losers' rows, those of the upper floors first.

    The spooler, too, locks the ledger of mails before visitors: neither waits for the other.
    Pairs that have a contact in common are moved one after the other, in the order given.
    """
    for part in _rounds(pairs):
        for kind in reversed(list(contact_data)):
            kind().merge_many(part, now)


def columns(pairs: Pairs) -> dict[str, str]:
    """Return the values of a statement that reads `PAIRS`; either column is an array by itself."""
    return {
        "winners": array(winner for winner, _loser in pairs),
        "losers": array(loser for _winner, loser in pairs),
    }


def forget(contacts: Sequence[int], now: datetime) -> None:
    """Let every app forget people, in the same order as they are handed over."""
    for kind in reversed(list(contact_data)):
        kind().erase_many(contacts, now)


def counts(contacts: Sequence[int]) -> list[tuple[Any, int]]:
    """Count what there is about some contacts: label and number of rows, kind by kind."""
    found = []
    with connection.cursor() as cursor:
        for kind in contact_data:
            if kind.counted:
                cursor.execute(
                    f"SELECT count(*) FROM {kind.counted} WHERE contact_id = ANY(%s::bigint[])",  # noqa: S608 - a table of ours
                    [list(contacts)],
                )
                found.append((kind.label, cursor.fetchone()[0]))
    return found


def _rounds(pairs: Pairs) -> list[list[tuple[int, int]]]:
    """Part pairs so that nobody stands twice in a part, and whoever does keeps the order."""
    parts: list[list[tuple[int, int]]] = []
    following: dict[int, int] = {}
    for pair in pairs:
        place = max(following.get(contact, 0) for contact in pair)
        if place == len(parts):
            parts.append([])
        parts[place].append(pair)
        following |= dict.fromkeys(pair, place + 1)
    return parts
