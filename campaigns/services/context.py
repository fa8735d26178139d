"""What led a contact to a step: the data of the event that brought it in, or that it waited for."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from campaigns.services.held import Held
from kernel.documents import loads

LOAD = """
SELECT k.contact_id, e.data::text
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) k(contact_id, id, at)
JOIN event e ON e.id = k.id AND e.occurred_at = k.at
WHERE e.occurred_at BETWEEN %s AND %s AND e.data IS NOT NULL"""


def led_here(held: Sequence[Held]) -> dict[int, dict[str, Any]]:
    """Return, by contact, the data of the event each step carries."""
    steps = [
        (step.contact, step.event_id, step.event_at)
        for step in held
        if step.event_id is not None and step.event_at is not None
    ]
    if not steps:
        return {}
    times = [at for _contact, _event, at in steps]
    with connection.cursor() as cursor:
        cursor.execute(
            LOAD, [*(list(column) for column in zip(*steps, strict=True)), min(times), max(times)]
        )
        return {contact: loads(data) for contact, data in cursor.fetchall()}
