"""Forgets a person: figures stay, nothing that names them does."""

import logging
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
    if not lock_contacts([contact]):
        return False
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
    return True


def everything(contact: int) -> dict[str, Any]:
    """Return all that is known of a person, by the app that knows it."""
    return {kind.key: kind().export(contact) for kind in contact_data}
