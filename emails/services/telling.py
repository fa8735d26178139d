"""Tells filters on deliveries that the ledger moved, where a filter asks for that email."""

from collections import defaultdict
from collections.abc import Iterable

from kernel import changes, usage


def moved_each(rows: Iterable[tuple[int, int]], *, bulk: bool = False) -> None:
    """Announce deliveries given as pairs of email and contact."""
    by_email: dict[int, list[int]] = defaultdict(list)
    for email, contact in rows:
        by_email[email].append(contact)
    for email, contacts in by_email.items():
        moved(email, contacts, bulk=bulk)


def moved(email: int, contacts: Iterable[int], *, bulk: bool = False) -> None:
    """Announce that deliveries of an email changed for these contacts.

    A broadcast moves millions of rows and hardly any is asked about, so only what some segment
    names is announced.
    """
    ids = list(contacts)
    if ids and any(use.kind == "segment" for use in usage.used_by("email", email)):
        changes.announce(ids, [f"delivery:{email}"], bulk=bulk)
