"""What happens to the ledger when a contact is merged, asks for their data, or is forgotten."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from kernel.clock import iso
from kernel.contactdata import PAIRS, Pairs, columns
from sms.models import CapturedText, Receipt, ShortLink, State, Text, TextDelivery
from sms.services import preview

# What writes the ledger locks it in this order, too.
HOLD = """
SELECT id FROM sms_delivery WHERE contact_id = ANY(%(losers)s::bigint[]) ORDER BY id FOR UPDATE"""
# What both were to get for one cause goes to the survivor; the other's row keeps its history
# under a cause of its own. What was not yet sent of it never is.
APART = f"""
UPDATE sms_delivery l SET cause = left(l.cause, 90) || '+' || l.contact_id, contact_id = p.winner,
  state = CASE WHEN l.state IN (0, 1) THEN 6 ELSE l.state END,
  reason = CASE WHEN l.state IN (0, 1) THEN 'duplicate_address' ELSE l.reason END,
  lease_until = CASE WHEN l.state = 1 THEN NULL ELSE l.lease_until END,
  fence = l.fence + (l.state = 1)::int
FROM {PAIRS} JOIN sms_delivery w ON w.contact_id = p.winner
WHERE l.contact_id = p.loser AND w.cause = l.cause
"""  # noqa: S608 - a constant
# Whoever was left out for the other's sake, or had no number yet, gets what the other waited for.
INSTEAD = f"""
UPDATE sms_delivery w SET cause = left(w.cause, 90) || '+' || p.loser
FROM {PAIRS} JOIN sms_delivery l ON l.contact_id = p.loser
WHERE w.contact_id = p.winner AND w.cause = l.cause AND w.state = 6 AND l.state IN (0, 1)
"""  # noqa: S608 - a constant
OVER = f"""
UPDATE sms_delivery l SET contact_id = p.winner FROM {PAIRS}
WHERE l.contact_id = p.loser"""  # noqa: S608 - a constant
RECEIPTS = f"""
UPDATE sms_receipt l SET contact_id = p.winner FROM {PAIRS}
WHERE l.contact_id = p.loser"""  # noqa: S608 - a constant

# The provider's words may hold the number. What is in doubt can no longer be looked for.
FORGET = """
UPDATE sms_delivery SET number = NULL, context = NULL, body = NULL,
  state = CASE WHEN state IN (0, 1) THEN 6 ELSE state END,
  lease_until = CASE WHEN state = 1 THEN NULL ELSE lease_until END,
  fence = fence + (state = 1)::int,
  reason = CASE WHEN state IN (0, 1) THEN 'contact_gone'
                ELSE regexp_replace(reason, '\\+?[0-9]{6,}', '…', 'g') END
WHERE contact_id = ANY(%s)"""


def merge(pairs: Pairs) -> None:
    """Hand the losers' texts to the winners; repeating it is harmless."""
    values = columns(pairs)
    with connection.cursor() as cursor:
        for statement in (HOLD, INSTEAD, APART, OVER, RECEIPTS):
            cursor.execute(statement, values)


def export(contact: int) -> list[dict[str, Any]]:
    """Return every text of a contact, oldest first, ready for JSON."""
    rows = list(TextDelivery.objects.filter(contact_id=contact).order_by("id"))
    wanted = {row.sms_id for row in rows}
    names = dict(Text.objects.filter(pk__in=wanted).values_list("pk", "name"))
    said = preview.texts(rows)
    return [_told(row, names.get(row.sms_id, ""), said.get(row.pk)) for row in rows]


def _told(row: TextDelivery, name: str, words: str | None) -> dict[str, Any]:
    times = ("created_at", "sent_at", "delivered_at", "clicked_at", "replied_at")
    told: dict[str, Any] = {
        "sms": name,
        "text": words,
        "number": row.number,
        "message": row.sid,
        "state": State(row.state).name.lower(),
        "reason": row.reason,
        "cause": row.cause,
        "event": row.context,
    }
    return told | {time: iso(getattr(row, time)) for time in times if getattr(row, time)}


def replies(contact: int) -> list[dict[str, Any]]:
    """Return what a contact wrote to us, as long as it is kept."""
    rows = Receipt.objects.filter(contact_id=contact, sort=Receipt.Sort.INBOUND).order_by("id")
    return [{"at": iso(row.received_at), "text": row.told.get("Body", "")} for row in rows]


def erase(contacts: Sequence[int]) -> None:
    """Keep the figures and forget the people."""
    theirs = TextDelivery.objects.filter(contact_id__in=contacts).values("pk")
    CapturedText.objects.filter(delivery_id__in=theirs).delete()
    ShortLink.objects.filter(delivery_id__in=theirs).delete()
    # Receipts that wait name the delivery, not yet the person.
    Receipt.objects.filter(delivery_id__in=theirs).delete()
    rows = Receipt.objects.filter(contact_id__in=contacts)
    rows.filter(sort=Receipt.Sort.STATUS).delete()
    # Of what they wrote a digest of its name stays, so that it is not taken for news once more.
    rows.update(number="", told={}, contact_id=None)
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(contacts)])
