"""Writes rows of the ledger for actions and single texts; the queue does the rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from kernel.documents import dumps
from sms.models import Text, TextDelivery

QUEUE = """
INSERT INTO sms_delivery (sms_id, contact_id, due_at, created_at, state, reason, depth,
                          transactional, cause, context)
SELECT %(sms)s, b.contact, %(now)s, %(now)s,
       CASE WHEN coalesce(btrim(c.mobile), '') = '' THEN 6 ELSE 0 END,
       CASE WHEN c.id IS NULL THEN 'contact_gone'
            WHEN coalesce(btrim(c.mobile), '') = '' THEN 'no_address' END,
       %(depth)s, %(transactional)s, b.cause, nullif(b.context, '')::jsonb
FROM unnest(%(contacts)s::bigint[], %(causes)s::text[], %(contexts)s::text[])
     b(contact, cause, context)
LEFT JOIN contact c ON c.id = b.contact
ORDER BY b.contact, b.cause
ON CONFLICT DO NOTHING RETURNING contact_id, reason"""


def queue_of(text: Text) -> str:
    """Name the queue whose hands send this text."""
    return "sms.transactional" if text.is_transactional else "sms.deliveries"


def queue(
    text: Text,
    contacts: Sequence[int],
    causes: Sequence[str],
    now: datetime,
    *,
    depth: int = 0,
    context: Mapping[int, Mapping[str, Any]] | None = None,
) -> dict[int, str]:
    """Queue a text for each pair of contact and cause, once; return who is skipped and why."""
    led_here = context or {}
    values: dict[str, Any] = {
        "sms": text.pk,
        "now": now,
        "depth": depth,
        "transactional": text.is_transactional,
        "contacts": list(contacts),
        "causes": list(causes),
        "contexts": [
            dumps(led_here[contact]) if led_here.get(contact) else "" for contact in contacts
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, values)
        written = dict(cursor.fetchall())
    return {contact: reason for contact, reason in written.items() if reason}


def queue_one(
    text: Text, contact: int, key: str, now: datetime, context: Mapping[str, Any] | None = None
) -> TextDelivery:
    """Queue a text for one contact on behalf of the API; the same key queues it once."""
    cause = f"api:{key}"
    queue(text, [contact], [cause], now, context={contact: context} if context else None)
    return TextDelivery.objects.get(cause=cause, contact_id=contact)
