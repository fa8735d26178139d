"""Forgets a person: figures stay, nothing that names them does."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contacts.models import Contact, Erasure, FormerIdentifier, Merge
from contacts.services import suppression
from kernel.contactdata import contact_data, hand_over
from kernel.locks import lock_contacts

logger = logging.getLogger(__name__)


@transaction.atomic
def erase(contact: int, now: datetime) -> bool:
    """Erase a contact everywhere, in one transaction; False when there is none.

    Where a channel was closed, a keyed hash of the address stays, so that it stays closed.
    """
    return drop([contact], now) == 1


@transaction.atomic
def drop(contacts: Iterable[int], now: datetime) -> int:
    """Erase some contacts everywhere, in one transaction; return how many there were.

    Each is a computation of its own: what stays of a person is a number that nobody else has.
    """
    known = lock_contacts(contacts)
    for contact in known:
        _forget(contact, now)
    if known:
        Merge.objects.filter(winner_id__in=known).delete()
    return len(known)


def _forget(contact: int, now: datetime) -> None:
    row = Contact.objects.get(pk=contact)
    suppression.remember_closed(contact, row.email_key, row.mobile, now)
    for former in FormerIdentifier.objects.filter(contact=contact, kind="email"):
        suppression.remember_closed(contact, former.value, None, now)
    # What is still under way for whom this person was before is theirs, too.
    for merged in Merge.objects.filter(winner_id=contact, echo_at__isnull=False):
        hand_over(contact, merged.loser_id, now)
    for kind in contact_data:
        kind().erase(contact, now)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = %s", [contact])
    Erasure.objects.update_or_create(contact_id=contact, defaults={"at": now})
    logger.info("Contact %s was erased.", contact)


def everything(contact: int) -> dict[str, Any]:
    """Return all that is known of a person, by the app that knows it."""
    return {kind.key: kind().export(contact) for kind in contact_data}
