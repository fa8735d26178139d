"""Visitors are personal data once a contact is behind them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from kernel import clock
from tracking.models import Visitor

ERASE = """
WITH theirs AS (SELECT id FROM visitor WHERE contact_id = ANY(%s) ORDER BY id FOR UPDATE),
deeds AS (DELETE FROM visitor_event WHERE visitor_id IN (SELECT id FROM theirs)),
claims AS (DELETE FROM visitor_claim WHERE visitor_id IN (SELECT id FROM theirs))
DELETE FROM visitor WHERE id IN (SELECT id FROM theirs)"""


def merge(winner: int, loser: int) -> None:
    """Let the loser's browsers lead to the winner."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE visitor SET contact_id = %s WHERE contact_id = %s", [winner, loser])


def export(contact: int) -> list[dict[str, Any]]:
    """List the browsers a person was recognised by; what they did there is in the log."""
    rows = Visitor.objects.filter(contact_id=contact).order_by("id")
    return [
        {
            "visitor": str(row.key),
            "first_at": clock.iso(row.first_at),
            "last_at": clock.iso(row.last_at),
            "identified_at": clock.iso(row.identified_at) if row.identified_at else None,
            "proof": row.proof,
        }
        for row in rows
    ]


def erase(contacts: Sequence[int]) -> None:
    """Forget the browsers: their keys are strangers' from now on."""
    with connection.cursor() as cursor:
        cursor.execute(ERASE, [list(contacts)])
