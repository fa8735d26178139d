"""Visitors are personal data once a contact is behind them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from kernel import clock
from kernel.contactdata import PAIRS, Pairs, columns
from tracking.models import Visitor

# In the order in which whoever else writes several locks them.
MERGE = f"""
WITH theirs AS MATERIALIZED (
  SELECT v.id, v.contact_id FROM visitor v
  WHERE v.contact_id = ANY(%(losers)s::bigint[]) ORDER BY v.id FOR NO KEY UPDATE)
UPDATE visitor v SET contact_id = p.winner FROM theirs JOIN {PAIRS} ON p.loser = theirs.contact_id
WHERE v.id = theirs.id"""  # noqa: S608 - a constant
ERASE = """
WITH theirs AS (SELECT id FROM visitor WHERE contact_id = ANY(%s) ORDER BY id FOR UPDATE),
deeds AS (DELETE FROM visitor_event WHERE visitor_id IN (SELECT id FROM theirs)),
claims AS (DELETE FROM visitor_claim WHERE visitor_id IN (SELECT id FROM theirs))
DELETE FROM visitor WHERE id IN (SELECT id FROM theirs)"""


def merge(pairs: Pairs) -> None:
    """Let the losers' browsers lead to the winners."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE, columns(pairs))


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
