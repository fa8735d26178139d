"""Writes what is to be pushed: one open row a connection and contact, whoever asks how often."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from integrations.models import OPEN, Push, PushState

QUEUE = "integrations.pushes"
IS_OPEN = f"state IN ({int(OPEN[0])}, {int(OPEN[1])})"
# An uncertain one keeps waiting for a person; one whose time has not come is not hurried.
# A doubt that an earlier push ended with goes on.
ASK = f"""
INSERT INTO integration_push (connection_id, contact_id, state, cause, asked, attempts, due_at,
                              fence, making, epoch, began, sought, made_at, problem, answer,
                              repeated)
SELECT %(connection)s, a.contact, {int(PushState.QUEUED)}, a.cause, 1, 0, %(now)s,
       0, coalesce(o.making, false), coalesce(o.epoch, 1), 0, coalesce(o.sought, '[]'), %(now)s,
       '', '', false
FROM unnest(%(contacts)s::bigint[], %(causes)s::text[]) AS a(contact, cause)
LEFT JOIN LATERAL (
  SELECT l.making, l.epoch, l.sought FROM integration_push l
  WHERE l.contact_id = a.contact AND l.connection_id = %(connection)s
  ORDER BY l.id DESC LIMIT 1) o ON true
ORDER BY a.contact
ON CONFLICT (connection_id, contact_id) WHERE {IS_OPEN}
DO UPDATE SET asked = integration_push.asked + 1
RETURNING contact_id, state = {int(PushState.UNCERTAIN)} AND due_at IS NULL"""  # noqa: S608 - constants


def ask(number: int, contacts: Sequence[int], causes: Sequence[str], now: datetime) -> set[int]:
    """Have contacts pushed through a connection, in the caller's transaction.

    Returns those who wait for a person to look whether they were made: they are not pushed before.
    """
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "connection": number,
            "now": now,
            "contacts": list(contacts),
            "causes": [cause[:200] for cause in causes],
        }
        cursor.execute(ASK, values)
        return {contact for contact, waits in cursor.fetchall() if waits}


def again(found: QuerySet[Push], now: datetime) -> int:
    """Push what waits for a person, who has looked by now; return how many."""
    # Not what a worker holds: it is told by `asked`.
    waiting = found.order_by().filter(
        state=PushState.UNCERTAIN, due_at__isnull=True, lease_until__isnull=True
    )
    fresh = {"state": PushState.QUEUED, "attempts": 0, "due_at": now, "tried_at": None}
    # They have seen to it that nothing was made, or take a second record upon themselves.
    return waiting.update(**fresh, making=False, problem="")
