"""The contract of tables with a contact key: how they merge, are handed out, and forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from kernel.registry import Plugin, Registry


class ContactData(Plugin):
    """One app's rows about contacts. All run in one transaction, whatever the apps.

    A test fails on a table with a contact key that no plug-in names in `tables`.
    """

    tables: ClassVar[Sequence[str]] = ()
    # How long rows are kept; None = as long as the contact.
    retention: ClassVar[timedelta | None] = None

    def merge(self, winner: int, loser: int, now: datetime) -> None:
        """Move everything of the losing contact to the winning one; repeating it is harmless."""
        raise NotImplementedError

    def export(self, contact: int) -> dict[str, Any]:
        """Return all that is known about the person, ready for JSON, by table."""
        raise NotImplementedError

    def erase(self, contact: int, now: datetime) -> None:
        """Forget the person; figures may stay, what names them may not."""
        raise NotImplementedError


contact_data: Registry[ContactData] = Registry(ContactData)
