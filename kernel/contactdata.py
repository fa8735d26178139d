"""The contract of tables with a contact key: how they merge, are handed out, and forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection

from kernel.registry import Plugin, Registry


class ContactData(Plugin):
    """One app's rows about contacts. All run in one transaction, whatever the apps.

    A test fails on a table with a contact key that no plug-in names in `tables`.
    """

    tables: ClassVar[Sequence[str]] = ()
    # How long rows are kept; None = as long as the contact.
    retention: ClassVar[timedelta | None] = None
    # The table whose rows tell people how much there is of it; none = it is not told.
    counted: ClassVar[str] = ""

    def merge(self, winner: int, loser: int, now: datetime) -> None:
        """Move everything of the losing contact to the winning one; repeating it is harmless."""
        raise NotImplementedError

    def export(self, contact: int) -> dict[str, Any]:
        """Return all that is known about the person, ready for JSON, by table."""
        raise NotImplementedError

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Forget people, whose rows and lanes are locked; figures may stay, what names may not."""
        raise NotImplementedError


contact_data: Registry[ContactData] = Registry(ContactData)


def hand_over(winner: int, loser: int, now: datetime) -> None:
    """Let every app move the loser's rows, those of the upper floors first.

    The spooler, too, locks the ledger of mails before visitors: neither waits for the other.
    """
    for kind in reversed(list(contact_data)):
        kind().merge(winner, loser, now)


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
