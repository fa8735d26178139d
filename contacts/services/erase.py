"""Forgets a person: figures stay, nothing that names them does."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contacts.models import Consent, Contact, DoNotContact, FormerIdentifier, Merge
from contacts.services import suppression
from contacts.words import ConsentState
from kernel.contactdata import contact_data, hand_over
from kernel.locks import lock_contacts

REMEMBER = """
INSERT INTO erasure (contact_id, at) SELECT id, %s FROM unnest(%s::bigint[]) AS gone(id)
ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at"""

logger = logging.getLogger(__name__)


def erase(contact: int, now: datetime) -> bool:
    """Erase a contact everywhere, in one transaction; False when there is none."""
    return bool(drop([contact], now))


@transaction.atomic
def drop(contacts: Iterable[int], now: datetime) -> list[int]:
    """Erase contacts everywhere, in one transaction; return those there were.

    Where a channel was closed, a keyed hash of the address stays, so that it stays closed.
    """
    known = lock_contacts(contacts)
    if not known:
        return []
    closed = _closed(known)
    for row in Contact.objects.filter(pk__in=closed):
        suppression.remember_closed(row.pk, row.email_key, row.mobile, now)
    for former in FormerIdentifier.objects.filter(contact__in=closed, kind="email"):
        suppression.remember_closed(former.contact_id, former.value, None, now)
    # What is still under way for whom these people were before is theirs, too.
    for merged in Merge.objects.filter(winner_id__in=known, echo_at__isnull=False):
        hand_over(merged.winner_id, merged.loser_id, now)
    for kind in contact_data:
        kind().erase_many(known, now)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = ANY(%s)", [known])
        cursor.execute(REMEMBER, [now, known])
    if len(known) == 1:
        logger.info("Contact %s was erased.", known[0])
    else:
        logger.info("%s contacts were erased.", len(known))
    return known


def _closed(contacts: list[int]) -> set[int]:
    """Return those of whom some word to stay away is to be kept."""
    closed = DoNotContact.objects.filter(contact__in=contacts).values_list("contact", flat=True)
    refused = Consent.objects.filter(contact__in=contacts, state=ConsentState.REFUSED)
    return {*closed, *refused.values_list("contact", flat=True)}


def everything(contact: int) -> dict[str, Any]:
    """Return all that is known of a person, by the app that knows it."""
    return {kind.key: kind().export(contact) for kind in contact_data}
