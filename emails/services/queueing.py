"""Writes rows of the ledger for actions and single messages; the queue does the rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from emails.models import Delivery, Email
from emails.services.recipients import KEY
from emails.services.telling import moved
from kernel.documents import dumps

QUEUE = f"""
INSERT INTO delivery (email_id, contact_id, recipient, due_at, created_at, state, reason,
                      depth, transactional, cause, context)
SELECT %(email)s, b.contact, {KEY}, %(now)s, %(now)s,
       CASE WHEN c.email_key IS NULL THEN 6 ELSE 0 END,
       CASE WHEN c.id IS NULL THEN 'contact_gone' WHEN c.email_key IS NULL THEN 'no_address' END,
       %(depth)s, %(transactional)s, b.cause, nullif(b.context, '')::jsonb
FROM unnest(%(contacts)s::bigint[], %(causes)s::text[], %(contexts)s::text[])
     b(contact, cause, context)
LEFT JOIN contact c ON c.id = b.contact
ORDER BY b.contact, b.cause
ON CONFLICT DO NOTHING RETURNING contact_id, reason"""  # noqa: S608 - an expression of ours


def queue_of(email: Email) -> str:
    """Name the queue whose hands send this email."""
    return "emails.transactional" if email.is_transactional else "emails.deliveries"


def queue(
    email: Email,
    contacts: Sequence[int],
    causes: Sequence[str],
    now: datetime,
    *,
    depth: int = 0,
    context: Mapping[int, Mapping[str, Any]] | None = None,
) -> dict[int, str]:
    """Queue a message for each pair of contact and cause, once; return who is skipped and why."""
    led_here = context or {}
    with connection.cursor() as cursor:
        cursor.execute(
            QUEUE,
            {
                "email": email.pk,
                "now": now,
                "depth": depth,
                "transactional": email.is_transactional,
                "contacts": list(contacts),
                "causes": list(causes),
                "contexts": [
                    dumps(led_here[contact]) if led_here.get(contact) else ""
                    for contact in contacts
                ],
            },
        )
        written = dict(cursor.fetchall())
    moved(email.pk, written)
    return {contact: reason for contact, reason in written.items() if reason}


def queue_one(
    email: Email, contact: int, key: str, now: datetime, context: Mapping[str, Any] | None = None
) -> Delivery:
    """Queue a message for one contact on behalf of the API; the same key queues it once."""
    cause = f"api:{key}"
    queue(email, [contact], [cause], now, context={contact: context} if context else None)
    return Delivery.objects.get(cause=cause, contact_id=contact)
