"""What happens to the ledger when a contact is merged, asks for their data, or is forgotten."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from emails.models import CapturedMail, Delivery, Email, State
from emails.services import preview
from emails.services.identity import message_id
from kernel.clock import iso
from kernel.contactdata import PAIRS, Pairs, columns

# What writes the ledger locks it in this order, too.
HOLD = """
SELECT id FROM delivery WHERE contact_id = ANY(%(losers)s::bigint[]) ORDER BY id FOR UPDATE"""
# What both were to get for one cause goes to the survivor; the other's row keeps its history
# under a cause of its own. What was not yet sent of it never is.
APART = f"""
UPDATE delivery l SET cause = left(l.cause, 90) || '+' || l.contact_id, contact_id = p.winner,
  state = CASE WHEN l.state IN (0, 1) THEN 6 ELSE l.state END,
  reason = CASE WHEN l.state IN (0, 1) THEN 'duplicate_address' ELSE l.reason END,
  lease_until = CASE WHEN l.state = 1 THEN NULL ELSE l.lease_until END,
  fence = l.fence + (l.state = 1)::int
FROM {PAIRS} JOIN delivery w ON w.contact_id = p.winner
WHERE l.contact_id = p.loser AND w.cause = l.cause
"""  # noqa: S608 - a constant
OVER = f"""
UPDATE delivery l SET contact_id = p.winner FROM {PAIRS} WHERE l.contact_id = p.loser"""  # noqa: S608 - a constant

# The server's words may hold the address.
FORGET = """
UPDATE delivery SET recipient = NULL, context = NULL,
  state = CASE WHEN state IN (0, 1) THEN 6 ELSE state END,
  lease_until = CASE WHEN state = 1 THEN NULL ELSE lease_until END,
  fence = fence + (state = 1)::int,
  reason = CASE WHEN state IN (0, 1) THEN 'contact_gone'
                ELSE regexp_replace(reason, '\\S+@\\S+', '…', 'g') END
WHERE contact_id = ANY(%s)"""


def merge(pairs: Pairs) -> None:
    """Hand the losers' messages to the winners; repeating it is harmless."""
    values = columns(pairs)
    with connection.cursor() as cursor:
        for statement in (HOLD, APART, OVER):
            cursor.execute(statement, values)


def export(contact: int) -> list[dict[str, Any]]:
    """Return every message of a contact, oldest first, ready for JSON."""
    rows = list(Delivery.objects.filter(contact_id=contact).order_by("id"))
    wanted = {row.email_id for row in rows}
    names = dict(Email.objects.filter(pk__in=wanted).values_list("pk", "name"))
    said = preview.subjects(rows)
    return [_told(row, names.get(row.email_id, ""), said.get(row.pk)) for row in rows]


def _told(row: Delivery, name: str, subject: str | None) -> dict[str, Any]:
    times = [
        *("created_at", "sent_at", "opened_at", "clicked_at", "unsubscribed_at"),
        *("bounced_at", "complained_at", "replied_at"),
    ]
    told: dict[str, Any] = {
        "email": name,
        "subject": subject,
        "message_id": message_id(row.pk, row.created_at),
        "state": State(row.state).name.lower(),
        "reason": row.reason,
        "cause": row.cause,
        "event": row.context,
    }
    return told | {time: iso(getattr(row, time)) for time in times if getattr(row, time)}


def erase(contacts: Sequence[int]) -> None:
    """Keep the figures and forget the people."""
    theirs = Delivery.objects.filter(contact_id__in=contacts).values("pk")
    CapturedMail.objects.filter(delivery_id__in=theirs).delete()
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(contacts)])
